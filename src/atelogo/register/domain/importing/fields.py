"""The fields of each kind of import: their type and their names in Portuguese, English and Spanish.

A name is a set of words (order and small words do not count); `~` marks one that needs the content to agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from atelogo.register.domain.importing.headers import header_words
from atelogo.register.domain.importing.records import Kind

FieldType = Literal[
    "id", "name", "text", "notes", "document", "email", "phone", "date", "amount", "state", "word"
]


@dataclass(frozen=True, slots=True)
class Field:
    """One field: how its cells are read, and the names (word sets, with their weight) its column may have."""

    name: str
    type: FieldType
    names: tuple[tuple[frozenset[str], float], ...]
    never: frozenset[str]  # a column whose name has one of these words is something else


_CUSTOMER_ID: Final = (
    "codigo cliente|cliente id|matricula|codigo assinante|assinante id|codigo aluno|aluno id|usuario id|codigo usuario|user id"
    "|numero cliente|customer id|customer number|customer code|client id|client number|subscriber id|member id|socio id"
    "|numero socio|codigo socio|codigo titular|numero matricula|codigo beneficiario|customer no|customer key|numero assinante"
    "|person id|codigo pessoa|cliente codigo|id associado|codigo associado|cliente~|codigo~|id~|code~|customer~|client~"
    "|usuario~|assinante~|account id|account code|conta~|numero~|user~|registro~|chave~|key~|identificador|identificacao~"
)
_NAME: Final = (
    "nome|nome cliente|nome completo|razao social|nome razao social|titular|nome titular|assinante|nome assinante|nome fantasia"
    "|aluno|nome aluno|beneficiario|nome beneficiario|name|full name|customer name|client name|company name|subscriber name"
    "|nombre|nombre completo|nombre cliente|razon social|nombre razon social|cliente~|customer~|client~|cliente nome"
    "|titular contrato|nome usuario|nome associado|associado|member name|surname|last name|sobrenome|apellidos|first name"
    "|nome contratante|contratante|pessoa|empresa|nome empresa|consumidor|account name|denominacao social|socio|cliente razao social"
    "|usuario~|user name"
)
_DOCUMENT: Final = (
    "cpf|cnpj|cpf cnpj|cnpj cpf|documento|numero documento|doc|cgc|cpf cliente|cpf titular|cnpj cliente|documento cliente"
    "|document|tax id|taxpayer id|document number|numero cpf|numero cnpj|documento identidad|nif|identificacion fiscal"
    "|cpf cnpj cliente|documento titular|inscricao federal|cpf cgc|cnpj cgc|registro nacional"
)
_EMAIL: Final = "email|email cliente|email address|correo|correo electronico|email titular|endereco email|email eletronico"
_PHONE: Final = (
    "telefone|celular|telefone celular|whatsapp|telefone contato|phone|phone number|mobile|mobile phone|cell|cell phone"
    "|telefono|movil|numero telefone|telefone 1|telefone cliente|telefone principal|contato~|numero celular|celular 1"
    "|telefone whatsapp|telephone|telefone fixo|whats|zap|telefone residencial|numero telefono"
)
_CITY: Final = "cidade|municipio|localidade|city|town|ciudad|cidade cliente|municipio cliente|nome municipio|cidade instalacao"
_STATE: Final = "uf|estado|estado sigla|sigla uf|state|province|provincia|uf cliente|uf sigla|estado uf|estado cliente|uf municipio"
_START: Final = (
    "data inicio|inicio|data ativacao|ativacao|ativado em|ativado|data contratacao|contratado|contratacao|data adesao|adesao"
    "|data assinatura|cliente desde|data venda|data instalacao|instalacao~|data matricula|data admissao|inicio contrato"
    "|data inicio contrato|start date|start|signup date|sign up date|started at|activation date|contract start"
    "|contract start date|subscription start|since|fecha inicio|fecha alta|alta|inicio vigencia|member since|customer since"
    "|joined|join date|data entrada|data cadastro|cadastro|cadastrado|data filiacao|data inclusao|created at|data criacao"
    "|creation date|fecha contratacion|entrada~"
)
_AMOUNT: Final = (
    "mensalidade|valor mensal|valor mensalidade|valor plano|valor contrato|preco|preco mensal|valor mes|receita mensal|mrr"
    "|valor recorrente|valor cobranca mensal|cobranca mensal|monthly charge|monthly fee|monthly amount|monthly value"
    "|monthly price|monthly revenue|monthly|valor assinatura|plan price|importe|precio|cuota|cuota mensual|importe mensual"
    "|valor mensual|tarifa mensal|mensualidad|mensualidade|lost mrr|mrr perdido|receita perdida|valor perdido|valor servico"
    "|valor~|amount~|fee~|price~|value~|mensal~|ticket~|fatura~|valor fatura|valor produto|mensal valor|valor parcela"
    "|preco plano|preco unitario|subscription price|monthly cost|recurring amount|valor mensal plano|ticket medio|mrr minor~"
    "|valor pago mes|valor bruto|valor liquido|receita~|monto|monto mensual"
)
_REASON: Final = (
    "motivo|motivo cancelamento|razao cancelamento|causa|motivo principal|motivo saida|motivo baixa|motivo desistencia"
    "|motivo churn|justificativa|descricao motivo|motivo desligamento|motivo rescisao|reason|cancelamento reason|churn reason"
    "|reason leaving|primary reason|main reason|termination reason|razon|razon cancelacion|motivo baja|motivo cancelacion"
    "|causa baja|motivo informado|motivo declarado|motivo alegado|reason churn|reason description|causa cancelamento"
    "|motivo encerramento|motivo distrato|motivo cliente|motivo solicitacao|razao~|tipo motivo|motivo nome|why"
    "|justificativa cancelamento|leaving reason|reason code~|motivo original~|razao saida|motivo reportado|razao desligamento"
)
_CHANNEL: Final = (
    "canal|canal cancelamento|canal atendimento|meio|via|origem|canal solicitacao|channel|cancelamento channel|source|medio"
    "|forma contato|canal entrada|canal contato|canal origem|forma cancelamento|meio contato|forma atendimento"
)
_PRODUCT: Final = (
    "produto|servico|produto servico|tipo servico|product|service|internet service|product name|producto|servicio|tecnologia"
    "|nome produto|linha produto|modalidade|curso|descricao produto|nome servico|service type|service name|internet~"
    "|tipo produto|descricao servico"
)
_PLAN: Final = (
    "plano|nome plano|plano contratado|pacote|combo|descricao plano|plan|plan name|package|tier|subscription type"
    "|contract type|tipo contrato|tipo plano|plan type|paquete|velocidade|plano id|plan id|codigo plano|nombre plan"
    "|subscription plan|plano servico|contract~|contrato~|plano atual|assinatura~|tarifa~|contract term|subscription~"
)
_CONTRACT: Final = (
    "contrato|numero contrato|codigo contrato|contrato id|contract|contract number|contract id|contract no|subscription id"
    "|subscription|assinatura id|numero assinatura|codigo assinatura|numero apolice|apolice|policy number|account number"
    "|numero conta|linha~|numero linha|instalacao numero|numero instalacao|contract code|suscripcion id|contrato numero"
    "|codigo instalacao|unidade consumidora|contrato cliente|numero plano~|assinatura~|contract key|proposta|numero proposta"
)
_END: Final = "data fim|fim|termino|data termino|fim contrato|data encerramento|encerramento|end date|ended at|contract end|end"

_SHARED: Final = {
    "name": (
        "name",
        _NAME,
        "plano produto motivo servico pai mae contato vendedor atendente consultor operador rua reason agente",
    ),
    "document": ("document", _DOCUMENT, "tipo type vendedor emissao arquivo"),
    "email": ("email", _EMAIL, "responsavel contato vendedor consultor atendente contact"),
    "phone": ("phone", _PHONE, "responsavel vendedor nome contact service tipo"),
    "city": ("text", _CITY, "nascimento codigo ibge"),
    "state": ("state", _STATE, "civil nascimento status conta contrato assinatura"),
}
_CUSTOMERS: Final = {
    "external_id": ("id", _CUSTOMER_ID, "nome endereco rua plano tipo vendedor ibge postal zip produto"),
    **_SHARED,
    "kind": ("word", "tipo pessoa|tipo~|pf pj|pessoa~|tipo cliente|natureza juridica|person type|customer type|persona", ""),
    "since": ("date", _START, "nascimento birth fim end"),
    "street": ("text", "endereco|logradouro|rua|nome rua|avenida|address|street|direccion|calle|endereco completo|address 1"
     "|street address|endereco instalacao|endereco cliente|address line 1|domicilio|end~", "email numero"),
    "street_number": ("text", "numero~|numero rua|numero endereco|house number|street number|numero casa", ""),
    "complement": ("text", "complemento|apartamento|address 2|complemento endereco|address line 2", ""),
    "district": ("text", "bairro|district|neighborhood|neighbourhood|barrio|colonia", ""),
    "postal_code": ("text", "cep|zip|zip code|postal code|codigo postal|cp|postcode", ""),
    "country": ("text", "pais|country", ""),
    "contact_name": ("name", "contato|responsavel|nome contato|pessoa contato|contact|contact name|contato autorizado"
     "|representante|responsavel legal|authorised contact|authorized contact|nome responsavel|contacto", ""),
    "contact_phone": ("phone", "telefone responsavel|contact phone|celular responsavel|telefone representante", ""),
    "contact_email": ("email", "email responsavel|email contato|contact email|email representante", ""),
}  # fmt: skip
_CONTRACTS: Final = {
    "contract_number": ("id", _CONTRACT, "tipo type data inicio fim situacao status valor termo term motivo length duracao"),
    "customer_id": ("id", _CUSTOMER_ID, "nome endereco rua plano tipo vendedor ibge postal zip contrato assinatura produto"),
    **_SHARED,
    "product": ("text", _PRODUCT, "valor codigo id data motivo preco"),
    "plan": ("text", _PLAN, "valor preco data numero motivo inicio fim situacao status"),
    "amount": ("amount", _AMOUNT, "total multa saldo divida acumulado desconto equipamento pago anual cltv score data"),
    "interval": ("word", "periodicidade|ciclo|recorrencia|intervalo|frequencia|billing cycle|billing interval|interval"
     "|billing period|frequency|ciclo cobranca|periodicidade cobranca|tipo cobranca|frecuencia|tipo~", ""),
    "start_date": ("date", _START, "nascimento birth fim end"),
    "renewal_date": ("date", "data renovacao|renovacao|proxima renovacao|vencimento contrato|renewal date|renews at|renewal"
     "|next renewal|fecha renovacion|next billing date|proxima cobranca|data vencimento contrato|renews on", ""),
    "end_date": ("date", _END + "|data cancelamento|cancelamento~|fecha fin|fim vigencia|cancelamento date", "fidelidade motivo"),
    "status": ("word", "status|situacao|status contrato|situacao contrato|estado contrato|contract status|estado~"
     "|subscription status|status assinatura|situacao cliente|status cliente|contract state", "cobranca pagamento"),
    "billing_reference": ("id", "referencia cobranca|id cobranca|gateway id|codigo cobranca|billing referencia|stripe id"
     "|billing id|external billing id|external id|externo id|billing reference|codigo externo|erp id|referencia externa", ""),
    "commitment_until": ("date", "fidelidade|fim fidelidade|fidelidade ate|termino fidelidade|data fidelidade|vencimento fidelidade"
     "|commitment until|commitment end|lock until|permanencia ate|fim permanencia|multa ate|data fim fidelidade"
     "|commitment end date|permanencia", "meses"),
    "signup_channel": ("text", "canal venda|canal contratacao|canal adesao|origem venda|sales channel|signup channel"
     "|acquisition channel|canal aquisicao|canal~|sign up channel|channel~|origem~", ""),
    "equipment_kind": ("text", "equipamento|tipo equipamento|modelo equipamento|aparelho|equipment|device|modem|roteador|equipo"
     "|equipment type|comodato", "valor serial preco numero protection"),
    "equipment_serial": ("id", "serial|numero serie|serie|patrimonio|mac|serial equipamento|numero serial|serial number"
     "|equipment serial|onu|imei|mac address|serial onu", "valor"),
    "equipment_value": ("amount", "valor equipamento|valor comodato|equipment value|valor aparelho|equipamento valor", ""),
}  # fmt: skip
_CANCELLATIONS: Final = {
    "external_id": ("id", "cancelamento id|codigo cancelamento|numero cancelamento|solicitacao id|numero solicitacao|pedido id"
     "|numero pedido|desligamento id|request id|ticket id|churn id|baja id|cancelacion id|rescisao id|numero ordem"
     "|ordem servico|request number|codigo solicitacao|codigo pedido|registro id|chamado id|numero chamado|evento id"
     "|event id|cancelamento numero|ticket number|numero ticket|id~", "motivo"),
    "customer_id": ("id", _CUSTOMER_ID,
                    "nome endereco rua plano tipo vendedor ibge postal zip contrato assinatura cancelamento motivo produto"),
    "contract_number": ("id", _CONTRACT, "tipo type data inicio fim situacao status valor termo term motivo length duracao"),
    **_SHARED,
    "date": ("date", "data cancelamento|cancelamento~|data~|data baixa|data desligamento|data rescisao|data saida|data churn"
     "|dia cancelamento|encerrado em|data evento|data desistencia|data exclusao|cancelamento date|cancelamento at"
     "|cancelamento on|churn date|date~|termination date|fecha cancelacion|fecha baja|fecha~|mes cancelamento|mes~"
     "|competencia~|cancelamento month|churn month|cancelamento em|data hora cancelamento|baixa~|desligado em|rescisao~"
     "|saida~|data distrato|data hora~|mes ano~|exit date|leave date|date left|data desligamento cliente"
     "|cancelamento data hora|timestamp~|" + _END,
     "nascimento pagamento vencimento emissao geracao atualizacao fatura inicio start birth coleta cadastro venda motivo reason"
     " usuario protocolo tipo canal solicitacao pedido valor"),
    "declared_date": ("date", "data solicitacao|solicitado|data pedido|data requisicao|data abertura|aberto|data registro"
     "|data atendimento|pedido em|data contato|requested at|request date|requested on|opened at|fecha solicitud"
     "|data solicitacao cancelamento|solicitacao~|data pedido cancelamento|data chamado|requested|data hora solicitacao", "motivo"),
    "effective_date": ("date", "data efetivacao|efetivado|data efetiva|vigencia cancelamento|ultimo dia|data desativacao|desativado"
     "|data corte|effective date|effective at|last day|deactivation date|fecha efectiva|data efetiva cancelamento|valido ate"
     "|efetivacao|service end|service end date|data retirada servico|data efetivacao cancelamento", "motivo"),
    "start_date": ("date", _START, "nascimento birth fim end cancelamento"),
    "amount": ("amount", _AMOUNT, "total multa saldo divida acumulado desconto equipamento pago anual cltv score data"),
    "reason": ("text", _REASON, "data social sub secundario detalhe categoria 2 codigo"),
    "secondary_reason": ("text", "submotivo|sub motivo|motivo secundario|motivo 2|segundo motivo|detalhe motivo|motivo detalhado"
     "|secondary reason|subreason|sub reason|reason 2|reason detail|detalhamento motivo|secondary cause|submotivo cancelamento"
     "|motivo secundario cancelamento|second reason", "data"),
    "channel": ("text", _CHANNEL, "venda aquisicao data"),
    "product": ("text", _PRODUCT, "valor codigo id data motivo preco"),
    "plan": ("text", _PLAN, "valor preco data numero motivo inicio fim situacao status"),
    "notes": ("notes", "observacao|comentario|anotacao|anotacoes|detalhe|detalhes|descricao|relato|historico|note|comment|remark|remarks"
     "|feedback|description|observaciones|comentario cliente|nota~|texto|parecer|observacao gerais|depoimento|texto livre"
     "|free text|customer comment|comentario livre|ultima observacao|observacion|mensagem|details", "motivo plano produto"),
    "competitor": ("text", "concorrente|operadora destino|empresa destino|competitor|switched to|competidor|nova operadora"
     "|provedor destino|concorrencia|novo provedor|qual operadora|competitor name|operadora concorrente|destino~", ""),
    "protocol": ("id", "protocolo|numero protocolo|protocolo atendimento|protocolo cancelamento|protocol|protocol number|case number"
     "|folio|numero folio|radicado|case id|protocolo antigo|protocolo anatel", "data"),
    "end_kind": ("word", "tipo cancelamento|tipo baixa|tipo saida|tipo encerramento|voluntario|cancelamento type|churn type|tipo churn"
     "|tipo baja|voluntary|natureza cancelamento|classificacao~|tipo desligamento|tipo~|categoria cancelamento", ""),
}  # fmt: skip

_GENERIC: Final = 0.7
_LONGEST_NAME: Final = 80

# Never kept, not even as custom fields: birth dates, other papers, secrets.
IGNORED: Final = frozenset(
    frozenset(header_words(name))
    for name in (
        "data nascimento|nascimento|birth date|date birth|dob|birthdate|aniversario|fecha nacimiento|birthday|rg|numero rg|senha"
        "|password|numero cartao|cartao|card number|cvv|sexo|genero|gender|raca|cor|religiao|estado civil|nome mae|nome pai"
    ).split("|")
)


def _built(entries: dict[str, tuple[FieldType, str, str]]) -> tuple[Field, ...]:
    return tuple(
        Field(name, kind, _names(synonyms), frozenset(never.split()))
        for name, (kind, synonyms, never) in entries.items()
    )


def _names(synonyms: str) -> tuple[tuple[frozenset[str], float], ...]:
    return tuple(
        (frozenset(header_words(name.rstrip("~"))), _GENERIC if name.endswith("~") else 1.0)
        for name in synonyms.split("|")
    )


@lru_cache(maxsize=8)
def fields_of(kind: Kind) -> tuple[Field, ...]:
    """Return the fields of a kind, in the order in which they are shown."""
    entries = {"customers": _CUSTOMERS, "contracts": _CONTRACTS, "cancellations": _CANCELLATIONS}[kind]
    return _built(entries)  # type: ignore[arg-type]


@lru_cache(maxsize=8)
def field_types(kind: Kind) -> dict[str, FieldType]:
    """Return the type of each field of a kind."""
    return {field.name: field.type for field in fields_of(kind)}


@lru_cache(maxsize=1)
def known_names() -> frozenset[frozenset[str]]:
    """Return every name a column may have, of any kind: what a header line is known by."""
    kinds: tuple[Kind, ...] = ("customers", "contracts", "cancellations")
    return (
        frozenset(words for kind in kinds for field in fields_of(kind) for words, _ in field.names) | IGNORED
    )


@lru_cache(maxsize=4096)
def is_known_name(cell: str) -> bool:
    """Say whether a cell is a name that a column of some kind may have."""
    return len(cell) <= _LONGEST_NAME and frozenset(header_words(cell)) in known_names()


@lru_cache(maxsize=1)
def vocabulary() -> frozenset[str]:
    """Return every word of every known name, to cut joined names apart."""
    return frozenset(word for words in known_names() for word in words)
