using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Bundles;
using Signalbox.Evidence.Verification.Certificates;
using Signalbox.Evidence.Verification.Images;
using Signalbox.Evidence.Verification.Keys;
using Signalbox.Evidence.Verification.Log;
using Signalbox.Evidence.Verification.Provenance;
using Signalbox.Evidence.Verification.Timestamps;
using Signalbox.Evidence.Verification.Trust;
using Signalbox.Tests.Evidence.Verification;
using Signalbox.Tests.Evidence.Verification.Local;
using InToto = Signalbox.Evidence.Verification.Provenance.Statement;

namespace Signalbox.Tests.Fuzz;

/// <summary>The readers and verifiers of signatures, certificates, logs and timestamps.</summary>
internal static class VerificationTargets
{
    private static readonly LocalSigstore s_instance = LocalSamples.Instance;
    private static readonly TrustedRoot s_root = s_instance.TrustedRoot();
    private static readonly byte[] s_stamped = [1, 2, 3];
    private static readonly Lazy<Certificate> s_leaf = new(() => CertificateReader.Read(Leaf()));

    /// <summary>What decoders of the platform throw for bytes that are not theirs; anything else from below is a fault.</summary>
    private static readonly string[] s_decoders = [nameof(FormatException), "AsnContentException", nameof(CryptographicException), nameof(InvalidOperationException), nameof(DecoderFallbackException)];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("bundle", () => [.. LocalSamples.All.Select(name => Sample(LocalSamples.Get(name)))]),
        FuzzTarget.Of("bundle-lines", Lines, () => [[.. LocalSamples.Get("message-0.3").Bundle, (byte)'\n', .. LocalSamples.Get("key-p256-bare").Bundle]]),
        FuzzTarget.Of("certificate", Certificate, () => [Leaf(), s_instance.Intermediate.Der, s_instance.Root.Der, s_instance.Timestamps.Signer.Der]),
        FuzzTarget.Of("timestamp", Timestamp, () => [s_instance.Timestamps.Stamp(s_stamped, LocalSigstore.SignedAt, true), s_instance.Timestamps.Stamp(s_stamped, LocalSigstore.SignedAt, false)]),
        new("log-entry", () => [.. LocalSamples.All.Select(name => LogEntry(LocalSamples.Get(name).Bundle)).OfType<FuzzSeed>()]),
        FuzzTarget.Of("checkpoint", bytes => Guarded(() => Checkpoint.Read(Encoding.UTF8.GetString(bytes))), Checkpoints),
        FuzzTarget.Of("public-key", Key, () => [LocalKey.P256().Spki, LocalKey.P384().Spki, LocalKey.P521().Spki, LocalKey.RsaPkcs1().Spki, LocalKey.Ed25519().Spki]),
        FuzzTarget.Of("pem", bytes => Guarded(() => VerificationKey.FromPem(Encoding.Latin1.GetString(bytes))), () => [Encoding.UTF8.GetBytes(LocalKey.P256().Pem), Encoding.UTF8.GetBytes(s_instance.Root.Pem)]),
        FuzzTarget.Of("trusted-root", bytes => Guarded(() => TrustedRootReader.Read(bytes)), () => [LocalBundle.Write(s_instance.TrustedRootJson())]),
        FuzzTarget.Of("registry-keys", bytes => Formatted(() => RegistryKeys.Read(bytes)), () => [Encoding.UTF8.GetBytes(LocalSamples.RegistryKeysJson(LocalKey.P256()).ToJsonString())]),
        FuzzTarget.Of("witness", bytes => Formatted(() => Witness.Parse(Encoding.UTF8.GetString(bytes))), () => ["witness.local+aabbccdd+BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"u8.ToArray()]),
        FuzzTarget.Of("statement", Statement, () => LocalSamples.Statements),
        FuzzTarget.Of("image-layout", Layout, () => [Encoding.UTF8.GetBytes($$$"""{"manifests":[{"digest":"{{{LocalImages.Image}}}","artifactType":"x","annotations":{"kind":"dev.cosignproject.cosign/sigs"}}]}""")]),
        FuzzTarget.Of("pattern", Pattern, () => ["https://github.com/acme/*\0https://github.com/acme/app"u8.ToArray(), "*a*b*\0xaxbx"u8.ToArray()]),
    ];

    private static byte[] Leaf() => s_instance.Certify(LocalKey.P256(), LocalSigstore.Workflow, LocalSigstore.GitHubClaims()).Der;

    /// <summary>A damaged bundle is refused, or the damage decides nothing.</summary>
    private static FuzzSeed Sample(LocalSample sample) => new(sample.Bundle, bytes =>
    {
        var result = (sample with { Bundle = bytes }).Verify();
        if (result.Accepted && Equivalence.Of(sample, bytes) is null) throw new FuzzFaultException("a changed bundle was accepted");
        return Foreseen(result);
    });

    public static string Foreseen(VerificationResult result)
    {
        const string Unread = "the bundle could not be read: ";
        if (result.Reason is { } reason && reason.StartsWith(Unread, StringComparison.Ordinal) && !s_decoders.Contains(reason[Unread.Length..])) throw new FuzzFaultException(reason);
        return result.Reason ?? "accepted";
    }

    private static string Lines(byte[] bytes)
    {
        var parts = BundleFile.Split(bytes);
        return parts.Count is > 0 and <= 1000 ? $"{Math.Min(parts.Count, 3)} documents" : throw new FuzzFaultException($"{parts.Count} documents");
    }

    private static string Certificate(byte[] bytes) => Guarded(() =>
    {
        var certificate = CertificateReader.Read(bytes);
        _ = certificate.Use;
        _ = certificate.SubjectName;
        var identity = SigningIdentity.Read(certificate);
        _ = (identity.Issuer, identity.SourceRepository, identity.SourceRef, identity.SourceCommit, identity.Trigger, identity.SignerUri, identity.SignerCommit, identity.RunnerEnvironment, identity.RunUri);
        CertificateLogProof.Verify(certificate, s_root.Authorities[0].Chain[0], s_root.CertificateLogs);
    });

    private static string Timestamp(byte[] bytes) => Guarded(() => TimestampVerifier.Verify(TimestampReader.ReadResponse(bytes), s_stamped, s_root.TimestampAuthorities));

    private static string Key(byte[] bytes) => Guarded(() =>
    {
        var key = VerificationKey.FromSpki(bytes);
        foreach (var scheme in Enum.GetValues<SignatureScheme>())
            if (key.Verify(scheme, SignedData.Of(s_stamped), bytes)) throw new FuzzFaultException("bytes that nobody signed were accepted");
    });

    /// <summary>A log's entry about the bundle's own signature, so that every comparison is reached.</summary>
    private static FuzzSeed? LogEntry(byte[] bundle)
    {
        if (JsonNode.Parse(bundle)!["verificationMaterial"]?["tlogEntries"] is null) return null;
        var read = BundleReader.Read(JsonFields.Parse(bundle, "the bundle"));
        var (entry, envelope) = (read.Material.Entries[0], read.Content as DsseEnvelope);
        var data = envelope is null ? SignedData.Of("hello\n"u8.ToArray()) : SignedData.Of(envelope.PreAuthenticationEncoding());
        var certificate = read.Material.Certificates is [var der, ..] ? CertificateReader.Read(der) : null;
        var signer = new EntrySigner(certificate?.Raw, certificate?.Key ?? s_leaf.Value.Key);
        var signature = envelope?.Signature ?? ((SignedMessage)read.Content).Signature;
        return new(entry.Body, bytes => Guarded(() => EntryBinding.Verify(entry with { Body = bytes }, signer, new(envelope, data, signature))));
    }

    private static IEnumerable<byte[]> Checkpoints() =>
        LocalSamples.All.Select(name => JsonNode.Parse(LocalSamples.Get(name).Bundle)!["verificationMaterial"]?["tlogEntries"]?[0]?["inclusionProof"]?["checkpoint"]?["envelope"]?.GetValue<string>())
            .OfType<string>().Take(8).Select(Encoding.UTF8.GetBytes);

    private static string Statement(byte[] bytes) => Guarded(() =>
    {
        var statement = InToto.Read(new(InToto.PayloadType, bytes, "", []));
        var identity = SigningIdentity.Read(s_leaf.Value);
        var policy = new ProvenancePolicy("github.com/acme/app") { BuilderId = LocalSigstore.Workflow, Branch = "main" };
        if (statement.PredicateType.EndsWith("v0.2", StringComparison.Ordinal)) new PackageProvenance(policy with { BuilderId = "https://github.com/actions/runner" }, LocalSamples.Digests, new()).Verify(statement, identity);
        else new ProvenanceCheck(policy, LocalSamples.Digests, new()).Verify(statement, identity);
    });

    private static string Layout(byte[] bytes)
    {
        var layout = new ImageLayout((path, _) => path == "index.json" ? bytes : null);
        return $"{Formatted(() => layout.ImageDigest())}; {Formatted(() => layout.EvidenceFor(new("sha256", LocalImages.Image[7..])))}";
    }

    /// <summary>A pattern and a text, apart by a zero: the matcher and a regular expression must agree.</summary>
    private static string Pattern(byte[] bytes)
    {
        if (Encoding.Latin1.GetString(bytes).Split('\0') is not [var pattern, var text, ..]) return "no pattern";
        // a regular expression without backtracking refuses what would make too large an automaton
        if (pattern.Length > 64) return $"{Signalbox.Delivery.Glob.Matches(pattern, text)}";
        var star = pattern.Contains('@', StringComparison.Ordinal) ? "[^@]*" : ".*";
        var (glob, expression) = (Signalbox.Delivery.Glob.Matches(pattern, text), new Regex($@"\A{Regex.Escape(pattern).Replace(@"\*", star, StringComparison.Ordinal)}\z", RegexOptions.Singleline | RegexOptions.NonBacktracking).IsMatch(text));
        return glob == expression ? $"{glob}" : throw new FuzzFaultException($"'{pattern}' on '{text}': {glob} and {expression}");
    }

    public static string Guarded(Action read) => Foreseen(BundleVerifier.Guard(_ => read()));

    public static string Formatted(Action read)
    {
        try
        {
            read();
            return "read";
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }
}
