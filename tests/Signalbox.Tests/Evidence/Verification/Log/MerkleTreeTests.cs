using Signalbox.Evidence.Verification.Log;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification.Log;

/// <summary>Inclusion proofs held against trees that are built as RFC 6962 writes it.</summary>
public sealed class MerkleTreeTests
{
    private static byte[][] Leaves(int count) => [.. Enumerable.Range(0, count).Select(i => MerkleTree.LeafHash([(byte)i]))];

    [Fact]
    public void EveryLeaf_OfEverySmallTree_LeadsToItsRoot_AndToNoOtherByAnotherIndex()
    {
        for (var size = 1; size <= 17; size++)
        {
            var leaves = Leaves(size);
            var root = LocalLog.Tree(leaves);
            for (var index = 0; index < size; index++)
            {
                var path = LocalLog.Path(leaves, index);
                for (var claimed = 0; claimed < size; claimed++)
                {
                    var reached = MerkleTree.RootOf(leaves[index], claimed, size, path);
                    Assert.Equal(claimed == index, reached is not null && reached.AsSpan().SequenceEqual(root));
                }
            }
        }
    }

    [Fact]
    public void Proof_OfAnotherLength_LeadsNowhere()
    {
        for (var size = 1; size <= 9; size++)
            for (var index = 0; index < size; index++)
            {
                var (leaves, path) = (Leaves(size), LocalLog.Path(Leaves(size), index));
                Assert.Null(MerkleTree.RootOf(leaves[index], index, size, [.. path, new byte[32]]));
                if (path.Count > 0) Assert.Null(MerkleTree.RootOf(leaves[index], index, size, path[..^1]));
            }
    }

    [Fact]
    public void Index_OutsideTheTree_LeadsNowhere()
    {
        Assert.Null(MerkleTree.RootOf(Leaves(1)[0], -1, 1, []));
        Assert.Null(MerkleTree.RootOf(Leaves(1)[0], 1, 1, []));
        Assert.Null(MerkleTree.RootOf(Leaves(1)[0], 0, 0, []));
    }

    [Fact]
    public void Hash_OfAnotherLength_LeadsNowhere()
    {
        var path = LocalLog.Path(Leaves(4), 1);
        Assert.NotNull(MerkleTree.RootOf(Leaves(4)[1], 1, 4, path));
        Assert.Null(MerkleTree.RootOf(Leaves(4)[1], 1, 4, [path[0][..31], path[1]]));
        Assert.Null(MerkleTree.RootOf(Leaves(4)[1], 1, 4, [path[0], [.. path[1], 0]]));
    }
}
