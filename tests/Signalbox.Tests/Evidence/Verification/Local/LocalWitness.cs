using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Signalbox.Evidence.Verification.Log;

namespace Signalbox.Tests.Evidence.Verification.Local;

/// <summary>A witness that signs checkpoints of logs (C2SP tlog-cosignature).</summary>
internal sealed class LocalWitness(string name)
{
    private readonly LocalKey _key = LocalKey.Ed25519();

    public Witness Known => Witness.Parse($"{name}+{Convert.ToHexStringLower(Hint)}+{Convert.ToBase64String(Body)}");

    private byte[] Body => [4, .. _key.Spki[^32..]];

    private byte[] Hint => SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', .. Body])[..4];

    /// <summary>Puts the witness's line behind the log's in the entry's checkpoint.</summary>
    /// <param name="over">What is signed in place of the checkpoint.</param>
    public void Cosign(JsonNode entry, Func<byte[], byte[]>? over = null)
    {
        var checkpoint = entry["inclusionProof"]!["checkpoint"]!;
        var note = (string)checkpoint["envelope"]!;
        var body = Encoding.UTF8.GetBytes(note[..(note.IndexOf("\n\n", StringComparison.Ordinal) + 1)]);
        byte[] time = [0, 0, 0, 0, 0x69, 0, 0, 0];
        var signed = _key.Sign([.. Encoding.ASCII.GetBytes($"cosignature/v1\ntime {0x69000000}\n"), .. over?.Invoke(body) ?? body]);
        checkpoint["envelope"] = $"{note}\u2014 {name} {Convert.ToBase64String([.. Hint, .. time, .. signed])}\n";
    }
}
