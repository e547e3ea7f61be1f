using System.Globalization;
using System.Text;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Trust;

namespace Signalbox.Evidence.Verification.Log;

/// <summary>What a Rekor log proves about one entry: its promise with the time, and its place in the tree.</summary>
internal static class LogProof
{
    /// <summary>Checks the signed entry timestamp, Rekor v1's promise to include the entry.</summary>
    /// <returns>When the log took the entry in.</returns>
    public static DateTimeOffset VerifyPromise(LogEntry entry, TransparencyLog log)
    {
        if (entry.IntegratedAt is <= 0 or > 253402300799) throw Refusal.Bad("the log entry's time is out of range");
        var at = DateTimeOffset.FromUnixTimeSeconds(entry.IntegratedAt);
        if (!log.Window.Includes(at)) throw Refusal.Bad($"the log {log.Name} was not trusted at {at:u}, when it took the entry in");
        if (!log.Verify(PromisedText(entry), entry.Promise)) throw Refusal.Bad($"the promise of the log {log.Name} is not over this entry");
        return at;
    }

    /// <summary>RFC 8785's canonical JSON of the four fields that the promise is over.</summary>
    private static byte[] PromisedText(LogEntry entry) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture,
        $$"""{"body":"{{Convert.ToBase64String(entry.Body)}}","integratedTime":{{entry.IntegratedAt}},"logID":"{{Convert.ToHexStringLower(entry.LogId)}}","logIndex":{{entry.Index}}}"""));

    /// <summary>Checks that the entry is in the tree whose head the log signed.</summary>
    /// <returns>The checkpoint, which other signatures may be looked for on.</returns>
    public static Checkpoint VerifyInclusion(LogEntry entry, InclusionProof proof, string note, TransparencyLog log)
    {
        var checkpoint = Checkpoint.Read(note);
        if (checkpoint.TreeSize != proof.TreeSize) throw Refusal.Bad($"the inclusion proof is for a tree of {proof.TreeSize} entries, its checkpoint for one of {checkpoint.TreeSize}");
        if (!checkpoint.RootHash.AsSpan().SequenceEqual(proof.RootHash)) throw Refusal.Bad("the inclusion proof leads to another root than its checkpoint has");
        VerifyPath(entry, proof);
        VerifyHead(checkpoint, log, IsVersion2(entry));
        return checkpoint;
    }

    /// <summary>Checks that the proof leads from the entry to the root it states; only a checkpoint makes that the log's.</summary>
    public static void VerifyPath(LogEntry entry, InclusionProof proof)
    {
        var root = MerkleTree.RootOf(MerkleTree.LeafHash(entry.Body), proof.Index, proof.TreeSize, proof.Hashes);
        if (root is null || !root.AsSpan().SequenceEqual(proof.RootHash)) throw Refusal.Bad("the inclusion proof does not lead from the entry to the log's root");
    }

    /// <summary>Rekor v2 entries have API version 0.0.2, except v1's kind intoto, which had one too.</summary>
    public static bool IsVersion2(LogEntry entry) => entry is { KindVersion: "0.0.2", Kind: "hashedrekord" or "dsse" };

    /// <summary>
    /// Finds the log's own signature by name and key hint; others are witnesses' or of keys that are not known. A v1
    /// log's origin is its name with " - " and the tree's number behind it, a v2 log's is the name itself.
    /// </summary>
    private static void VerifyHead(Checkpoint checkpoint, TransparencyLog log, bool isVersion2)
    {
        var own = checkpoint.Signatures
            .Where(signature => signature.Hint.AsSpan().SequenceEqual(log.CheckpointHint))
            .Where(signature => isVersion2
                ? signature.Name == log.Name && checkpoint.Origin == log.Name
                : checkpoint.Origin == signature.Name || checkpoint.Origin.StartsWith(signature.Name + " - ", StringComparison.Ordinal))
            .ToList();
        if (own.Count == 0) throw Refusal.Bad($"the checkpoint has no signature of the log {log.Name}");
        if (!own.TrueForAll(signature => log.Verify(checkpoint.Body, signature.Value))) throw Refusal.Bad($"the checkpoint is not signed by the log {log.Name}");
    }
}
