using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Signalbox.Tests.Evidence.Verification.Local;

/// <summary>A Rekor log, version 1 or 2, with other entries around each that is added.</summary>
internal sealed class LocalLog(string name, LocalKey key, bool isVersion2)
{
    private const int Others = 6;
    private const long Shard = 100_000;

    public string Name => name;

    public LocalKey Key => key;

    public bool IsVersion2 => isVersion2;

    /// <summary>What entries and the trusted root name the log by; version 2 has the note's key id (C2SP signed-note).</summary>
    public byte[] Id => isVersion2 ? SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', 1, .. key.Spki[^32..]]) : key.Id;

    public string Origin => isVersion2 ? name : $"{name} - 1193050959916656506";

    /// <summary>The transparencyLogEntry of a bundle.</summary>
    /// <param name="place">Within the tree, which has seven leaves.</param>
    public JsonObject Add(string kind, string version, JsonObject body, DateTimeOffset at, bool withPromise = true, bool withProof = true, string? cosignatures = null, int place = 3)
    {
        var bytes = Encoding.UTF8.GetBytes(body.ToJsonString());
        var index = isVersion2 ? place : place + Shard;
        var entry = new JsonObject
        {
            ["logIndex"] = index.ToString(CultureInfo.InvariantCulture),
            ["logId"] = new JsonObject { ["keyId"] = Convert.ToBase64String(Id) },
            ["kindVersion"] = new JsonObject { ["kind"] = kind, ["version"] = version },
        };
        if (!isVersion2) entry["integratedTime"] = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        if (withPromise && !isVersion2) entry["inclusionPromise"] = new JsonObject { ["signedEntryTimestamp"] = Convert.ToBase64String(Promise(bytes, at, index)) };
        if (withProof) entry["inclusionProof"] = Proof(bytes, place, cosignatures);
        entry["canonicalizedBody"] = Convert.ToBase64String(bytes);
        return entry;
    }

    /// <summary>The entry logged anew, with its body changed.</summary>
    public JsonObject Again(JsonNode entry, Action<JsonObject> change, int place = 3)
    {
        var body = (JsonObject)JsonNode.Parse(Convert.FromBase64String((string)entry["canonicalizedBody"]!))!;
        change(body);
        return Add((string)entry["kindVersion"]!["kind"]!, (string)entry["kindVersion"]!["version"]!, body, LocalSigstore.SignedAt, place: place);
    }

    private byte[] Promise(byte[] body, DateTimeOffset at, long index) => key.Sign(Encoding.UTF8.GetBytes(
        $$"""{"body":"{{Convert.ToBase64String(body)}}","integratedTime":{{at.ToUnixTimeSeconds()}},"logID":"{{Convert.ToHexStringLower(Id)}}","logIndex":{{index}}}"""));

    private JsonObject Proof(byte[] body, int index, string? cosignatures)
    {
        byte[][] leaves = [.. Enumerable.Range(0, Others + 1).Select(i => SHA256.HashData([0, .. i == index ? body : [(byte)i]]))];
        var root = Tree(leaves);
        var note = $"{Origin}\n{leaves.Length}\n{Convert.ToBase64String(root)}\n";
        var signature = Convert.ToBase64String([.. Id[..4], .. key.Sign(Encoding.UTF8.GetBytes(note))]);
        return new JsonObject
        {
            ["logIndex"] = index.ToString(CultureInfo.InvariantCulture),
            ["rootHash"] = Convert.ToBase64String(root),
            ["treeSize"] = leaves.Length.ToString(CultureInfo.InvariantCulture),
            ["hashes"] = new JsonArray([.. Path(leaves, index).Select(hash => (JsonNode)Convert.ToBase64String(hash))]),
            ["checkpoint"] = new JsonObject { ["envelope"] = $"{note}\n\u2014 {name} {signature}\n{cosignatures}" },
        };
    }

    /// <summary>RFC 6962 section 2.1, as it is written there.</summary>
    public static byte[] Tree(ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length == 1) return leaves[0];
        var split = Split(leaves.Length);
        return SHA256.HashData([1, .. Tree(leaves[..split]), .. Tree(leaves[split..])]);
    }

    public static List<byte[]> Path(ReadOnlySpan<byte[]> leaves, int index)
    {
        if (leaves.Length == 1) return [];
        var split = Split(leaves.Length);
        return index < split ? [.. Path(leaves[..split], index), Tree(leaves[split..])] : [.. Path(leaves[split..], index - split), Tree(leaves[..split])];
    }

    // the largest power of two below
    private static int Split(int count)
    {
        var split = 1;
        while (split * 2 < count) split *= 2;
        return split;
    }
}
