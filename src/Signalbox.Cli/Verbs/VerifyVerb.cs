using System.CommandLine;
using System.Security.Cryptography;
using Signalbox.Cli.Terminal;
using Signalbox.Cli.Verifying;
using Signalbox.Diagnostics;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Trust;

namespace Signalbox.Cli.Verbs;

/// <summary>Verifies signed evidence without any network and without a control plane.</summary>
internal static class VerifyVerb
{
    private static readonly Argument<string?> File = new("FILE") { Description = "a Sigstore bundle, a DSSE envelope, the npm registry's list of attestations, several of them, one a line, or an image layout (a directory)", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> Artifact = new("--artifact") { Description = "the artifact that must be meant", HelpName = "FILE" };
    private static readonly Option<string[]> Identity = new("--identity") { Description = "who may have signed; * stands for any characters; repeat for several", HelpName = "NAME" };
    private static readonly Option<string?> Issuer = new("--issuer") { Description = "identity provider that must have vouched for --identity", HelpName = "URL" };
    private static readonly Option<string[]> Key = new("--key") { Description = "a public key in PEM that may have signed; repeat for several", HelpName = "FILE" };
    private static readonly Option<bool> RequireLog = new("--require-log") { Description = "demand a transparency log's proof of signatures by keys too" };
    private static readonly Option<string[]> Witness = new("--witness") { Description = "key of a witness that must have signed the log's checkpoint; repeat for several", HelpName = "NAME+HINT+BASE64" };
    private static readonly Option<string> BundlePath = new("--bundle") { Description = "a Sigstore bundle, or the npm registry's list of attestations", HelpName = "FILE", Required = true };

    private static readonly Option[] s_expectations =
    [
        VerifyOptions.ArtifactDigest, VerifyOptions.TrustedRoot, VerifyOptions.Source, VerifyOptions.Branch, VerifyOptions.Tag, VerifyOptions.VersionedTag,
        VerifyOptions.BuilderId, VerifyOptions.Level, VerifyOptions.RegistryKeys, VerifyOptions.PackageName, VerifyOptions.PackageVersion,
    ];

    public static Command Create()
    {
        var verb = new Verb("verify", "Prove who signed an artifact and how it was built, and say of each link whether it holds. No network.",
            "signalbox verify app.sigstore.json --artifact app --identity 'https://github.com/acme/app/*' --issuer https://token.actions.githubusercontent.com",
            "signalbox verify app.sigstore.json --artifact app --key acme.pub",
            "signalbox verify ./saved-image --key acme.pub",
            "signalbox verify app.intoto.jsonl --artifact app --source github.com/acme/app --versioned-tag v1 --level 3");
        verb.Add(File);
        foreach (var option in new Option[] { Artifact, Identity, Issuer, Key, RequireLog, Witness }.Concat(s_expectations)) verb.Add(option);
        verb.Add(Bundle());
        return verb.Does(session => Task.FromResult(Run(session)));
    }

    private static Verb Bundle()
    {
        var verb = new Verb("bundle", "Hold one bundle against what is expected, for programs: one line of JSON, exit 0 accepted, 1 refused. No network.",
            "signalbox verify bundle --bundle app.sigstore.json --artifact-digest sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03 --source github.com/acme/app",
            "signalbox verify bundle --bundle app.sigstore.json --artifact-digest sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03 --source github.com/acme/app --versioned-tag v1 --level 3");
        verb.Add(BundlePath);
        foreach (var option in s_expectations) verb.Add(option);
        return verb.Does(session => Task.FromResult(RunBundle(session)));
    }

    private static int RunBundle(Session session)
    {
        var policy = new VerificationPolicy { Artifact = VerifyOptions.DigestsOf(session), Provenance = VerifyOptions.ProvenanceOf(session) };
        var bundle = VerifyOptions.ReadFile(session.Get(BundlePath)!, "bundle");
        var result = BundleVerifier.Verify(bundle, VerifyOptions.TrustedRootOf(session), policy, DateTimeOffset.UtcNow);
        session.Out.WriteLine(VerificationReport.Of(result).ToJson());
        return result.Accepted ? ExitCode.Yes : ExitCode.No;
    }

    /// <summary>Of several bundles in one file, one that is accepted is enough: each is evidence of its own.</summary>
    private static int Run(Session session)
    {
        var path = session.Get(File) ?? throw Usage("FILE is missing; expected a bundle");
        var (root, policy) = (VerifyOptions.TrustedRootOf(session), PolicyOf(session));
        var results = Directory.Exists(path) ? LayoutVerification.Verify(path, root, policy) : VerifyFile(path, root, policy);
        foreach (var result in results)
            if (session.Json) session.Out.WriteLine(VerificationReport.Of(result).ToJson());
            else VerifyText.Write(session, path, result);
        if (results.Any(result => result.Accepted)) return ExitCode.Yes;
        if (!session.Json) FindingWriter.Write(results.Select(result => VerifyText.ToFinding(path, result)).DistinctBy(finding => finding.Message), session.Format, session.Out, session.Error);
        return results.All(result => result.Error == VerificationError.NoExpectation) ? ExitCode.Undecided : ExitCode.No;
    }

    private static VerificationResult[] VerifyFile(string path, TrustedRoot root, VerificationPolicy policy) =>
        [.. BundleFile.Split(VerifyOptions.ReadFile(path, "bundle")).Select(bundle => BundleVerifier.Verify(bundle, root, policy, DateTimeOffset.UtcNow))];

    private static VerificationPolicy PolicyOf(Session session)
    {
        var bytes = session.Get(Artifact) is { } path ? VerifyOptions.ReadFile(path, "artifact") : null;
        IReadOnlyList<ArtifactDigest> computed = bytes is null ? [] :
        [
            new("sha256", Convert.ToHexStringLower(SHA256.HashData(bytes))), new("sha384", Convert.ToHexStringLower(SHA384.HashData(bytes))), new("sha512", Convert.ToHexStringLower(SHA512.HashData(bytes))),
        ];
        var given = VerifyOptions.DigestsOf(session);
        if (bytes is not null && given.FirstOrDefault(digest => !computed.Contains(digest)) is { } other) throw Usage($"--artifact has not the digest {other}");
        return new()
        {
            Artifact = bytes is null ? given : computed,
            ArtifactBytes = bytes,
            Signers = [.. Identities(session), .. (session.Get(Key) ?? []).Select(file => ExpectedSigner.Holder(VerifyOptions.ReadKey(file)))],
            Provenance = VerifyOptions.ProvenanceOf(session),
            RequireLog = session.Get(RequireLog) ? true : null,
            Witnesses = session.Get(Witness) is { Length: > 0 } witnesses ? VerifyOptions.WitnessesOf(witnesses) : null,
        };
    }

    private static IEnumerable<ExpectedSigner> Identities(Session session)
    {
        var names = session.Get(Identity) ?? [];
        if (names.Length > 0 && session.Get(Issuer) is null) throw Usage("--identity needs --issuer: a name means nothing without who vouches for it");
        return names.Select(name => ExpectedSigner.Identity(name, session.Get(Issuer)!));
    }

    private static SignalboxException Usage(string message) => new(ExitCode.Usage, Finding.Error("usage", message, new("command line"), "signalbox verify --help"));
}
