"""Products and plans by name, made when they are new."""

from __future__ import annotations

from atelogo.register.domain.importing.folding import fold
from atelogo.register.models import Plan, Product
from atelogo.register.services.customers import plan_named, product_named
from atelogo.register.services.imports.job import Job
from atelogo.register.services.imports.loading import key_text


class Catalogue:
    """Names of products and plans to their keys, remembered for the run. A dry run makes none."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._products: dict[str, str] | None = None
        self._plans: dict[tuple[str | None, str], str] | None = None

    def product(self, name: str | None) -> str | None:
        """Return the key of the product of that name; ``None`` for no name."""
        folded = fold(name or "")[:160]
        if not folded or name is None:
            return None
        if self._products is None:
            rows = Product.objects.filter(workspace_id=self._job.workspace.id).values_list("folded", "id")
            self._products = {known: key_text(key) for known, key in rows}
        if folded not in self._products:
            made = None if self._job.dry else product_named(self._job.workspace.id, name)
            self._products[folded] = key_text(made) if made else f"new {folded}"
        return self._products[folded]

    def plan(
        self,
        product: str | None,
        name: str | None,
        product_name: str | None,
        amount_minor: int,
        interval: str,
    ) -> str | None:
        """Return the key of the plan of that name under the product."""
        folded = fold(name or "")[:160]
        if not folded or name is None:
            return None
        if self._plans is None:
            rows = Plan.objects.filter(workspace_id=self._job.workspace.id)
            self._plans = {
                (key_text(under) if under else None, known): key_text(key)
                for under, known, key in rows.values_list("product_id", "folded", "id")
            }
        if (product, folded) not in self._plans:
            made = None
            if not self._job.dry:
                under = product_named(self._job.workspace.id, product_name or "")
                made = plan_named(self._job.workspace.id, under, name, amount_minor, interval)
            self._plans[product, folded] = key_text(made) if made else f"new {folded}"
        return self._plans[product, folded]
