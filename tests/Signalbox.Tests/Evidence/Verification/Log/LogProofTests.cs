using System.Globalization;
using System.Text;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Keys;
using Signalbox.Evidence.Verification.Log;
using Signalbox.Evidence.Verification.Trust;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification.Log;

/// <summary>What a log proves of an entry: its promise, and the entry's place under a head that the log signed.</summary>
public sealed class LogProofTests
{
    private const long LastSecond = 253402300799;

    private static readonly LocalKey s_key = LocalKey.P256();
    private static readonly TimeWindow s_always = new(DateTimeOffset.MinValue, null);
    private static readonly byte[] s_body = [1, 2, 3], s_sibling = [.. Enumerable.Repeat((byte)7, 32)];

    private static TransparencyLog Log(TimeWindow? window = null) =>
        new("log.example", VerificationKey.FromSpki(s_key.Spki), SignatureScheme.EcdsaSha256, s_key.Id, s_key.Id[..4], window ?? s_always);

    private static LogEntry Entry(string kind = "dsse", string version = "0.0.1", long at = 1_700_000_000, byte[]? promise = null) =>
        new(5, s_key.Id, kind, version, at, promise, null, s_body);

    /// <summary>With the promise over the entry as it is then (RFC 8785's form of the four fields).</summary>
    private static LogEntry Promised(long at)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $$"""{"body":"AQID","integratedTime":{{at}},"logID":"{{Convert.ToHexStringLower(s_key.Id)}}","logIndex":5}""");
        return Entry(at: at, promise: s_key.Sign(Encoding.ASCII.GetBytes(text)));
    }

    private static void Refused(string saying, Action verify) => Assert.Contains(saying, Assert.Throws<Refusal>(verify).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData(1)]
    [InlineData(LastSecond)]
    public void Promise_SaysWhenTheLogTookTheEntryIn(long at) => Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(at), LogProof.VerifyPromise(Promised(at), Log()));

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(LastSecond + 1)]
    public void Promise_OfNoTime_IsRefused(long at) => Refused("the log entry's time is out of range", () => LogProof.VerifyPromise(Promised(at), Log()));

    [Fact]
    public void Promise_IsOverThisEntryByThisLog()
    {
        var promised = Promised(1_700_000_000);
        foreach (var other in new[] { promised with { Index = 6 }, promised with { Body = [1] }, promised with { IntegratedAt = 1_700_000_001 }, promised with { LogId = [1] }, promised with { Promise = [1] } })
            Refused("the promise of the log log.example is not over this entry", () => LogProof.VerifyPromise(other, Log()));
        var at = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);
        Assert.Equal(at, LogProof.VerifyPromise(promised, Log(new(at, at))));
        Refused("was not trusted at 2023-11-14 22:13:20Z, when it took the entry in", () => LogProof.VerifyPromise(promised, Log(new(at.AddSeconds(1), null))));
        Refused("was not trusted at 2023-11-14 22:13:20Z, when it took the entry in", () => LogProof.VerifyPromise(promised, Log(new(DateTimeOffset.MinValue, at.AddSeconds(-1)))));
    }

    [Theory]
    [InlineData("hashedrekord", "0.0.2", true)]
    [InlineData("dsse", "0.0.2", true)]
    [InlineData("intoto", "0.0.2", false)]
    [InlineData("dsse", "0.0.1", false)]
    [InlineData("hashedrekord", "0.0.1", false)]
    public void Version_IsTheEntrysKinds(string kind, string version, bool isSecond) => Assert.Equal(isSecond, LogProof.IsVersion2(Entry(kind, version)));

    private static InclusionProof Proof(int index = 0, long size = 2, byte[]? root = null, byte[][]? hashes = null) =>
        new(index, root ?? Root, size, hashes ?? [s_sibling], null);

    private static byte[] Root { get; } = LocalLog.Tree([MerkleTree.LeafHash(s_body), s_sibling]);

    private static string Body(string origin, long size = 2, byte[]? root = null) => string.Create(CultureInfo.InvariantCulture, $"{origin}\n{size}\n{Convert.ToBase64String(root ?? Root)}\n");

    private static string Line(string name, string body, byte[]? hint = null) => $"\u2014 {name} {Convert.ToBase64String([.. hint ?? s_key.Id[..4], .. s_key.Sign(Encoding.UTF8.GetBytes(body))])}\n";

    private static string Note(string origin = "log.example", string name = "log.example", long size = 2, byte[]? root = null) => Body(origin, size, root) + "\n" + Line(name, Body(origin, size, root));

    private static Checkpoint Verify(string note, InclusionProof? proof = null, LogEntry? entry = null) => LogProof.VerifyInclusion(entry ?? Entry(), proof ?? Proof(), note, Log());

    [Fact]
    public void Inclusion_IsProvenUnderAHeadOfTheLog()
    {
        Assert.Equal(2, Verify(Note()).TreeSize);
        Refused("the inclusion proof is for a tree of 2 entries, its checkpoint for one of 3", () => Verify(Note(size: 3)));
        Refused("the inclusion proof leads to another root than its checkpoint has", () => Verify(Note(root: s_sibling)));
        Refused("the inclusion proof leads to another root than its checkpoint has", () => Verify(Note(), Proof(root: s_sibling)));
        const string Astray = "the inclusion proof does not lead from the entry to the log's root";
        Refused(Astray, () => Verify(Note(), Proof(index: 1)));
        Refused(Astray, () => Verify(Note(), Proof(hashes: [])));
        Refused(Astray, () => Verify(Note(), entry: Entry() with { Body = [9] }));
    }

    [Theory]
    [InlineData("0.0.1", "log.example", "log.example", true)]
    [InlineData("0.0.1", "log.example - 4711", "log.example", true)]
    [InlineData("0.0.1", "log.example.evil", "log.example", false)]
    [InlineData("0.0.1", "log.example-4711", "log.example", false)]
    [InlineData("0.0.2", "log.example", "log.example", true)]
    [InlineData("0.0.2", "log.example - 4711", "log.example", false)]
    [InlineData("0.0.2", "other.example", "log.example", false)]
    [InlineData("0.0.2", "log.example", "other.example", false)]
    [InlineData("0.0.2", "other.example", "other.example", false)]
    public void Head_IsTheLogsByItsNameAndOrigin(string version, string origin, string name, bool isTheLogs)
    {
        var entry = Entry(version: version);
        if (isTheLogs) Assert.Equal(origin, Verify(Note(origin, name), entry: entry).Origin);
        else Refused("the checkpoint has no signature of the log log.example", () => Verify(Note(origin, name), entry: entry));
    }

    [Fact]
    public void Head_ThatTheLogDidNotSign_IsRefused()
    {
        var body = Body("log.example");
        // a witness's line counts for nothing, whatever it says
        var witness = Line("witness.example", "something else", [0, 0, 0, 0]);
        Assert.Equal(2, Verify($"{body}\n{witness}{Line("log.example", body)}").Signatures.Count);
        Refused("the checkpoint has no signature of the log log.example", () => Verify($"{body}\n{witness}"));
        Refused("the checkpoint is not signed by the log log.example", () => Verify($"{body}\n{Line("log.example", "something else")}"));
        // each of the log's own lines must hold
        Refused("the checkpoint is not signed by the log log.example", () => Verify($"{body}\n{Line("log.example", body)}{Line("log.example", "something else")}"));
    }
}
