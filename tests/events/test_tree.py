"""RFC 6962 trees: the reference vectors, and properties against the RFC's own recursive definition."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from atelogo.events import tree

# The eight leaves and the roots of the certificate-transparency reference tests.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
# (index from 0, size, path from the leaf upward)
INCLUSION = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
CONSISTENCY = [
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
HASHES = [tree.leaf_hash(leaf) for leaf in LEAVES]


def naive_root(leaves: list[bytes]) -> bytes:
    """Compute MTH(D[n]) word by word as RFC 6962, 2.1 has it."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + naive_root(leaves[:k]) + naive_root(leaves[k:])).digest()


def naive_path(m: int, leaves: list[bytes]) -> list[bytes]:
    """Compute PATH(m, D[n]) as RFC 6962, 2.1.1 has it."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m < k:
        return [*naive_path(m, leaves[:k]), naive_root(leaves[k:])]
    return [*naive_path(m - k, leaves[k:]), naive_root(leaves[:k])]


def naive_subproof(m: int, leaves: list[bytes], *, whole: bool) -> list[bytes]:
    """Compute SUBPROOF(m, D[n], b) as RFC 6962, 2.1.2 has it."""
    if m == len(leaves):
        return [] if whole else [naive_root(leaves)]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if m <= k:
        return [*naive_subproof(m, leaves[:k], whole=whole), naive_root(leaves[k:])]
    return [*naive_subproof(m - k, leaves[k:], whole=False), naive_root(leaves[:k])]


def leaves_of(size: int) -> list[bytes]:
    """Return ``size`` leaves that differ."""
    return [f"leaf {n}".encode() for n in range(size)]


@pytest.mark.parametrize("size", range(9))
def test_roots_are_those_of_the_reference(size: int) -> None:
    """Every root of the reference tree comes out, by rows and by the growing edge."""
    edge = tree.Edge()
    for leaf in HASHES[:size]:
        edge.append(leaf)
    assert tree.root_of(HASHES[:size]).hex() == ROOTS[size]
    assert edge.root().hex() == ROOTS[size]


@pytest.mark.parametrize("index,size,path", INCLUSION)
def test_inclusion_proofs_are_those_of_the_reference(index: int, size: int, path: list[str]) -> None:
    """The reference inclusion proofs are made and accepted."""
    proof = tree.inclusion_proof(index, size, tree.nodes_of(HASHES[:size]))
    assert [one.hex() for one in proof] == path
    assert tree.verify_inclusion(HASHES[index], index, size, proof, bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize("old,new,path", CONSISTENCY)
def test_consistency_proofs_are_those_of_the_reference(old: int, new: int, path: list[str]) -> None:
    """The reference consistency proofs are made and accepted."""
    proof = tree.consistency_proof(old, new, tree.nodes_of(HASHES[:new]))
    assert [one.hex() for one in proof] == path
    roots = bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[new])
    assert tree.verify_consistency(old, new, *roots, proof)


@given(size=st.integers(0, 70))
def test_roots_equal_the_definition(size: int) -> None:
    """Row-wise roots and the growing edge give what the RFC's recursion gives."""
    leaves = leaves_of(size)
    hashes = [tree.leaf_hash(leaf) for leaf in leaves]
    edge = tree.Edge()
    for one in hashes:
        edge.append(one)
    assert tree.root_of(hashes) == edge.root() == naive_root(leaves)
    assert edge.size == size


@given(data=st.data(), size=st.integers(1, 70))
def test_inclusion_proofs_equal_the_definition(data: st.DataObject, size: int) -> None:
    """Every inclusion proof is the RFC's path, and is accepted for its own leaf and place only."""
    leaves = leaves_of(size)
    index = data.draw(st.integers(0, size - 1))
    hashes = [tree.leaf_hash(leaf) for leaf in leaves]
    root = naive_root(leaves)
    proof = tree.inclusion_proof(index, size, tree.nodes_of(hashes))
    assert proof == naive_path(index, leaves)
    assert tree.verify_inclusion(hashes[index], index, size, proof, root)
    other = data.draw(st.integers(0, size - 1).filter(lambda n: n != index or size == 1))
    if other != index:
        assert not tree.verify_inclusion(hashes[other], index, size, proof, root)
        assert not tree.verify_inclusion(hashes[index], other, size, proof, root)
    assert not tree.verify_inclusion(hashes[index], index, size, [*proof, root], root)
    assert not tree.verify_inclusion(hashes[index], size, size, proof, root)
    assert not tree.verify_inclusion(hashes[index], index, size, proof, tree.leaf_hash(b"no root"))


@given(data=st.data(), new=st.integers(1, 70))
def test_consistency_proofs_equal_the_definition(data: st.DataObject, new: int) -> None:
    """Every consistency proof is the RFC's, and fails when either root or any hash is another."""
    old = data.draw(st.integers(1, new))
    leaves = leaves_of(new)
    hashes = [tree.leaf_hash(leaf) for leaf in leaves]
    first, second = naive_root(leaves[:old]), naive_root(leaves)
    proof = tree.consistency_proof(old, new, tree.nodes_of(hashes))
    assert proof == naive_subproof(old, leaves, whole=True)
    assert tree.verify_consistency(old, new, first, second, proof)
    wrong = tree.leaf_hash(b"another")
    assert not tree.verify_consistency(old, new, wrong, second, proof)
    assert not tree.verify_consistency(old, new, first, wrong, proof)
    for at in range(len(proof)):
        assert not tree.verify_consistency(old, new, first, second, [*proof[:at], wrong, *proof[at + 1 :]])
    if proof:
        assert not tree.verify_consistency(old, new, first, second, proof[:-1])


def test_an_empty_tree_comes_before_every_tree() -> None:
    """From the empty tree no proof is needed, and none may be given."""
    root = tree.root_of(HASHES)
    assert tree.consistency_proof(0, 8, tree.nodes_of(HASHES)) == []
    assert tree.verify_consistency(0, 8, tree.EMPTY_ROOT, root, [])
    assert not tree.verify_consistency(0, 8, root, root, [])
    assert not tree.verify_consistency(0, 8, tree.EMPTY_ROOT, root, [root])
    assert not tree.verify_consistency(9, 8, root, root, [])


@pytest.mark.parametrize("index,size", [(-1, 3), (3, 3), (0, 0)])
def test_no_proof_for_a_place_outside(index: int, size: int) -> None:
    """Asking for a leaf that is not there is an error, not a wrong proof."""
    with pytest.raises(tree.ProofError):
        tree.inclusion_proof(index, size, tree.nodes_of(HASHES))


def test_trees_only_grow() -> None:
    """There is no consistency proof from a larger tree to a smaller one."""
    with pytest.raises(tree.ProofError):
        tree.consistency_proof(5, 4, tree.nodes_of(HASHES))


def test_an_edge_needs_a_node_for_each_bit() -> None:
    """An edge resumed with the wrong number of nodes is refused."""
    with pytest.raises(tree.ProofError):
        tree.Edge(3, [HASHES[0]])
    assert tree.Edge(2, [tree.node_hash(HASHES[0], HASHES[1])]).root().hex() == ROOTS[2]
