using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Log;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification.Log;

/// <summary>Witnesses of a log: their keys, their cosignatures, and how many of them are enough.</summary>
public sealed class WitnessTests
{
    private static readonly LocalKey s_one = LocalKey.Ed25519();
    private static readonly LocalKey s_two = LocalKey.Ed25519();

    private static byte[] Body { get; } = Encoding.UTF8.GetBytes($"log.example\n7\n{Convert.ToBase64String(new byte[32])}\n");

    private static byte[] Hint(string name, byte[] typed) => SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', .. typed])[..4];

    private static string KeyOf(string name, byte[] typed) => $"{name}+{Convert.ToHexStringLower(Hint(name, typed))}+{Convert.ToBase64String(typed)}";

    private static byte[] Typed(LocalKey key) => [4, .. key.Spki[^32..]];

    private static Witness Known(LocalKey key, string name) => Witness.Parse(KeyOf(name, Typed(key)));

    private static NoteSignature Cosignature(LocalKey key, string name, Func<byte[], byte[]>? change = null, ulong at = 0x69000000)
    {
        var time = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(time, at);
        byte[] value = [.. time, .. key.Sign([.. Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"cosignature/v1\ntime {at}\n")), .. Body])];
        return new(name, Hint(name, Typed(key)), change?.Invoke(value) ?? value);
    }

    private static Checkpoint Signed(params NoteSignature[] signatures) => new(Body, "log.example", 7, new byte[32], signatures);

    private static void Refused(string saying, WitnessPolicy policy, params NoteSignature[] signatures) =>
        Assert.Contains(saying, Assert.Throws<Refusal>(() => policy.Verify(Signed(signatures))).Message, StringComparison.Ordinal);

    [Fact]
    public void Key_IsReadWithItsName() => Assert.Equal("one.example", Known(s_one, "one.example").Name);

    [Fact]
    public void Key_ThatIsNone_IsRefused()
    {
        var typed = Typed(s_one);
        var good = KeyOf("one.example", typed);
        var hint = good.Split('+')[1];
        foreach (var key in new[]
        {
            "", "one.example", good[..good.LastIndexOf('+')], KeyOf("", typed),
            // of a log, or of no kind, or with more or fewer bytes than a key has
            KeyOf("one.example", [1, .. typed[1..]]), KeyOf("one.example", typed[1..]), KeyOf("one.example", typed[..^1]), KeyOf("one.example", [.. typed, 0]),
            good.Replace(hint, "00000000", StringComparison.Ordinal), good.Replace(hint, hint + "00", StringComparison.Ordinal),
            good + "=", "one.example+" + hint + "+?",
            // the neutral point, with which anything verifies
            KeyOf("one.example", [4, 1, .. new byte[31]]),
        })
            Assert.Contains("is not a witness's key; expected NAME+HINT+BASE64", Assert.Throws<FormatException>(() => Witness.Parse(key)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Threshold_IsMetByAsManyAsItSays()
    {
        WitnessPolicy Of(int threshold) => new([Known(s_one, "one.example"), Known(s_two, "two.example")], threshold);
        NoteSignature[] both = [Cosignature(s_one, "one.example"), Cosignature(s_two, "two.example")];
        Assert.Equal(2, Of(1).Verify(Signed(both)));
        Assert.Equal(2, Of(2).Verify(Signed(both)));
        Assert.Equal(1, Of(1).Verify(Signed(both[1])));
        Refused("1 known witnesses signed the checkpoint; 2 were demanded", Of(2), both[0]);
        Refused("0 known witnesses signed the checkpoint; 1 were demanded", Of(1));
        Refused("2 known witnesses signed the checkpoint; 3 were demanded", Of(3), both);
    }

    [Fact]
    public void Witness_NamedTwice_IsOne_AndTwoKeysOfOneNameAreTwo()
    {
        Refused("1 known witnesses signed", new([Known(s_one, "one.example"), Known(s_one, "one.example")], 2), Cosignature(s_one, "one.example"));
        Assert.Equal(2, new WitnessPolicy([Known(s_one, "one.example"), Known(s_two, "one.example")], 2).Verify(Signed(Cosignature(s_one, "one.example"), Cosignature(s_two, "one.example"))));
    }

    /// <summary>Strangers may sign beside the known: only name and hint together say whose a line is.</summary>
    [Fact]
    public void SignatureOfAnother_IsPassedOver()
    {
        WitnessPolicy policy = new([Known(s_one, "one.example")], 1);
        var own = Cosignature(s_one, "one.example");
        Assert.Equal(1, policy.Verify(Signed(own with { Name = "other.example", Value = [1] }, own with { Hint = [0, 0, 0, 0], Value = [1] }, own)));
        Refused("0 known witnesses signed", policy, own with { Name = "other.example" });
        Refused("0 known witnesses signed", policy, own with { Hint = [0, 0, 0, 0] });
    }

    [Fact]
    public void Signature_OfAKnownWitnessThatDoesNotHold_IsRefused()
    {
        WitnessPolicy policy = new([Known(s_one, "one.example")], 1);
        const string Saying = "the signature of the witness one.example does not hold";
        Refused(Saying, policy, Cosignature(s_one, "one.example", value => value[..^1]));
        Refused(Saying, policy, Cosignature(s_one, "one.example", value => [.. value, 0]));
        Refused(Saying, policy, Cosignature(s_one, "one.example", value => value[..8]));
        // another time than the one that was signed
        Refused(Saying, policy, Cosignature(s_one, "one.example", value => [0, .. value[1..7], (byte)(value[7] ^ 1), .. value[8..]]));
        Refused(Saying, policy, Cosignature(s_two, "two.example") with { Name = "one.example", Hint = Hint("one.example", Typed(s_one)) });
        Refused(Saying, policy, Cosignature(s_one, "one.example", value => value[..^1]), Cosignature(s_one, "one.example"));
    }
}
