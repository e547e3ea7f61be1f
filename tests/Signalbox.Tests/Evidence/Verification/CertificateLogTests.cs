using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Evidence.Verification.Keys;
using Signalbox.Evidence.Verification.Trust;
using Signalbox.Tests.Evidence.Verification.Local;

namespace Signalbox.Tests.Evidence.Verification;

/// <summary>The promise of a log to hold a certificate (RFC 6962), and what is wrong with one.</summary>
public sealed class CertificateLogTests
{
    private const string CutOff = "a signed certificate timestamp is cut off", Behind = "a signed certificate timestamp has bytes behind its end";

    private static readonly LocalSigstore s_instance = LocalSamples.Instance;
    private static readonly LocalCertificate s_leaf = s_instance.Certify(LocalKey.P256(), LocalSigstore.Workflow, LocalSigstore.GitHubClaims());
    private static readonly DateTimeOffset s_promised = LocalSigstore.SignedAt.AddMinutes(-1);

    private static TransparencyLog Log(LocalKey key, TimeWindow? window = null, string name = "ct") =>
        new(name, VerificationKey.FromSpki(key.Spki), SignatureScheme.EcdsaSha256, key.Id, key.Id[..4], window ?? new(DateTimeOffset.MinValue, null));

    private static readonly TransparencyLog s_log = Log(s_instance.CertificateLog.Key), s_stranger = Log(LocalKey.P256(), name: "stranger");

    /// <param name="change">Of the list as TLS writes it, behind its own length.</param>
    private static (TransparencyLog Log, DateTimeOffset At) Verify(Func<byte[], byte[]>? change = null, params TransparencyLog[] logs)
    {
        var der = DerTree.Change(s_leaf.Der, whole => whole[0][7][0].Parts[^1][1].Inside(list => list.Value = WithLength(change?.Invoke(list.Value[2..]) ?? list.Value[2..])));
        return CertificateLogProof.Verify(CertificateReader.Read(der), CertificateReader.Read(s_instance.Intermediate.Der), logs.Length > 0 ? logs : [s_log]);
    }

    private static byte[] WithLength(byte[] bytes) => [(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];

    /// <summary>Changes the one promise, and its length with it.</summary>
    private static Func<byte[], byte[]> Promise(Func<byte[], byte[]> change) => list => WithLength(change(list[2..]));

    private static Func<byte[], byte[]> Byte(int at, byte value) => Promise(promise =>
    {
        promise[at] = value;
        return promise;
    });

    [Fact]
    public void Promise_OfATrustedLog_IsFoundAmongOthers()
    {
        Assert.Equal((s_log, s_promised), Verify());
        Assert.Equal((s_log, s_promised), Verify(null, s_stranger, s_log));
        // a log that is not known says nothing, in whatever order
        byte[] Unknown(byte[] list)
        {
            var other = (byte[])list.Clone();
            other[3] ^= 1;
            return other;
        }
        Assert.Equal((s_log, s_promised), Verify(list => [.. Unknown(list), .. list]));
        Assert.Equal((s_log, s_promised), Verify(list => [.. list, .. Unknown(list)]));
        Assert.Equal((s_log, s_promised), Verify(list => [.. list, .. list]));
        // the log's key decides the algorithm, not which of the two it says
        Assert.Equal((s_log, s_promised), Verify(Byte(44, 1)));
    }

    [Fact]
    public void Promise_OfSeveralTrustedLogs_IsTheFirst()
    {
        var (second, body) = (new LocalCertificateLog(LocalKey.P256()), DerTree.Read(s_leaf.Der)[0]);
        body[7][0].Parts.RemoveAt(body[7][0].Parts.Count - 1);
        var promise = DerTree.Read(second.Promise(body.Encode(), s_instance.Intermediate.Key, LocalSigstore.SignedAt)).Value[2..];
        var other = Log(second.Key, name: "second");
        Assert.Equal((s_log, s_promised), Verify(list => [.. list, .. promise], s_log, other));
        Assert.Equal((other, LocalSigstore.SignedAt), Verify(list => [.. promise, .. list], s_log, other));
    }

    [Fact]
    public void Promise_OfAKnownLogThatIsBad_RefusesBesideAGoodOne()
    {
        byte[] Bad(byte[] list) => Byte(33, 1)((byte[])list.Clone());
        Assert.Throws<Refusal>(() => Verify(list => [.. list, .. Bad(list)]));
        Assert.Throws<Refusal>(() => Verify(list => [.. Bad(list), .. list]));
    }

    private static string Refused(Func<byte[], byte[]>? change = null, params TransparencyLog[] logs) => Assert.Throws<Refusal>(() => Verify(change, logs)).Message;

    [Fact]
    public void Promise_ThatDoesNotHold_IsRefused()
    {
        const string NotOver = "the promise of the certificate log ct is not over this certificate";
        Assert.Equal("no trusted certificate log has promised to hold the certificate", Refused(null, s_stranger));
        Assert.Equal("no trusted certificate log has promised to hold the certificate", Refused(_ => []));
        // version, log 1 to 32, milliseconds 33 to 40, extensions 41 and 42, algorithms 43 and 44
        Assert.Equal(NotOver, Refused(Byte(40, 1)));
        Assert.Equal(NotOver, Refused(Promise(promise => [.. promise[..41], 0, 1, 7, .. promise[43..]])));
        Assert.Equal("a signed certificate timestamp is out of range", Refused(Byte(33, 1)));
        Assert.Equal("a signed certificate timestamp is out of range", Refused(At(253402300800000)));
        Assert.Equal(NotOver, Refused(At(253402300799999)));
    }

    private static Func<byte[], byte[]> At(long milliseconds) => Promise(promise => [.. promise[..33], .. BitConverter.GetBytes(milliseconds).Reverse(), .. promise[41..]]);

    [Fact]
    public void Promise_OfALogThatWasNotTrustedThen_IsRefused()
    {
        TransparencyLog Within(DateTimeOffset from, DateTimeOffset? to) => Log(s_instance.CertificateLog.Key, new(from, to));
        Assert.Equal("the certificate log ct was not trusted at 2026-03-01 11:59:00Z, when it promised to hold the certificate", Refused(null, Within(s_promised.AddTicks(1), null)));
        Assert.Equal("the certificate log ct was not trusted at 2026-03-01 11:59:00Z, when it promised to hold the certificate", Refused(null, Within(DateTimeOffset.MinValue, s_promised.AddTicks(-1))));
        Assert.Equal(s_promised, Verify(null, Within(s_promised, s_promised)).At);
    }

    [Fact]
    public void Certificate_WithoutPromise_IsRefused()
    {
        var certificate = CertificateReader.Read(s_instance.Intermediate.Der);
        Assert.Equal("the certificate has no signed certificate timestamp", Assert.Throws<Refusal>(() => CertificateLogProof.Verify(certificate, certificate, [s_log])).Message);
    }

    private static string Malformed(Func<byte[], byte[]> change) => Assert.Throws<MalformedException>(() => Verify(change)).Message;

    [Fact]
    public void Promise_ThatIsNotWrittenAsOne_IsRefused()
    {
        Assert.Equal("a signed certificate timestamp is not of version 1", Malformed(Byte(0, 1)));
        Assert.Equal("a signed certificate timestamp has an unknown algorithm", Malformed(Byte(43, 2)));
        Assert.Equal("a signed certificate timestamp has an unknown algorithm", Malformed(Byte(44, 2)));
        Assert.Equal("a signed certificate timestamp has an unknown algorithm", Malformed(Byte(44, 0)));
        Assert.Equal(Behind, Malformed(Promise(promise => [.. promise, 0])));
        Assert.Equal(CutOff, Malformed(Promise(promise => promise[..^1])));
        Assert.Equal(CutOff, Malformed(Promise(_ => [])));
        Assert.Equal(CutOff, Malformed(list => [.. list, 0]));
        Assert.Equal(CutOff, Malformed(list => [.. list, 0, 9]));
    }

    [Fact]
    public void List_WithSomethingBehindIt_IsRefused()
    {
        var der = DerTree.Change(s_leaf.Der, whole => whole[0][7][0].Parts[^1][1].Inside(list => list.Value = [.. list.Value, 0]));
        Assert.Equal(Behind, Assert.Throws<MalformedException>(() => CertificateLogProof.Verify(CertificateReader.Read(der), CertificateReader.Read(s_instance.Intermediate.Der), [s_log])).Message);
    }
}
