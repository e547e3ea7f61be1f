using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Evidence.Verification.Keys;

namespace Signalbox.Evidence.Verification.Trust;

/// <summary>
/// Whom signatures are traced back to: logs, certificate authorities and timestamp authorities with the times they
/// were trusted (sigstore_trustroot.proto). Immutable; read it once and use it for many bundles, from any thread.
/// </summary>
public sealed class TrustedRoot
{
    internal TrustedRoot(
        IReadOnlyList<TransparencyLog> logs, IReadOnlyList<TransparencyLog> certificateLogs,
        IReadOnlyList<CertificateAuthority> authorities, IReadOnlyList<CertificateAuthority> timestampAuthorities)
    {
        Logs = logs;
        CertificateLogs = certificateLogs;
        Authorities = authorities;
        TimestampAuthorities = timestampAuthorities;
    }

    /// <summary>Trusts nobody: enough where a plain key is all that is asked for.</summary>
    public static TrustedRoot Empty { get; } = new([], [], [], []);

    internal IReadOnlyList<TransparencyLog> Logs { get; }

    internal IReadOnlyList<TransparencyLog> CertificateLogs { get; }

    internal IReadOnlyList<CertificateAuthority> Authorities { get; }

    internal IReadOnlyList<CertificateAuthority> TimestampAuthorities { get; }

    /// <summary>Reads a <c>trusted_root.json</c>.</summary>
    /// <exception cref="FormatException">It is not one; the message says where.</exception>
    public static TrustedRoot Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            return TrustedRootReader.Read(json);
        }
        catch (MalformedException e)
        {
            throw new FormatException(e.Message, e);
        }
    }

    /// <summary>The root of Sigstore's public-good instance as it was when this program was built.</summary>
    public static TrustedRoot PublicGood() => s_publicGood.Value;

    private static readonly Lazy<TrustedRoot> s_publicGood = new(() =>
    {
        using var stream = typeof(TrustedRoot).Assembly.GetManifestResourceStream("public-good-trusted-root.json")!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return Read(bytes);
    });
}

/// <summary>A closed interval; the end is open where it is not known yet.</summary>
internal sealed record TimeWindow(DateTimeOffset From, DateTimeOffset? To)
{
    public bool Includes(DateTimeOffset time) => From <= time && (To is not { } to || time <= to);
}

/// <param name="Name">The host of its address, for people and for matching the origin of checkpoints.</param>
/// <param name="Key">Null where the key's algorithm is not understood: then nothing of the log can be verified.</param>
/// <param name="Id">What entries and certificate timestamps name the log by.</param>
/// <param name="CheckpointHint">The four bytes before a checkpoint's signature (C2SP signed-note).</param>
internal sealed record TransparencyLog(string Name, VerificationKey? Key, SignatureScheme Scheme, byte[] Id, byte[] CheckpointHint, TimeWindow Window)
{
    public bool Verify(ReadOnlyMemory<byte> data, ReadOnlySpan<byte> signature) => Key?.Verify(Scheme, data, signature) ?? false;
}

/// <param name="Chain">Each issued by the next; the last is the anchor.</param>
internal sealed record CertificateAuthority(string Name, IReadOnlyList<Certificate> Chain, TimeWindow Window);
