using System.CommandLine;
using System.Security.Cryptography;
using Signalbox.Cli.Terminal;
using Signalbox.Cli.Verifying;
using Signalbox.Delivery;
using Signalbox.Delivery.Detection;
using Signalbox.Diagnostics;
using Signalbox.Evidence.Registries;
using Signalbox.Evidence.Verification;
using Signalbox.Gates.Proofs;

namespace Signalbox.Cli.Verbs;

/// <summary>Verifies signed evidence: of a file without any network and without a control plane.</summary>
internal static class VerifyVerb
{
    private static readonly Argument<string?> What = new("FILE|IMAGE|DIGEST") { Description = "a Sigstore bundle, a DSSE envelope, the npm registry's list of attestations, several of them, one a line, a Notation signature, a release's proof, or an image layout (a directory); or an image in a registry; or a digest whose evidence was handed in", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Option<string?> Artifact = new("--artifact") { Description = "the artifact that must be meant", HelpName = "FILE" };
    private static readonly Option<string[]> Identity = new("--identity") { Description = "who may have signed; * stands for any characters; repeat for several", HelpName = "NAME" };
    private static readonly Option<string?> Issuer = new("--issuer") { Description = "identity provider that must have vouched for --identity", HelpName = "URL" };
    private static readonly Option<string[]> Key = new("--key") { Description = "a public key in PEM that may have signed; repeat for several", HelpName = "FILE" };
    private static readonly Option<string?> Environment = new("--env") { Description = "of a release's proof: the environment whose gates must have allowed it", HelpName = "NAME" };
    private static readonly Option<bool> AnySubject = new("--any-subject") { Description = "it is enough who signed, whatever a statement is about" };
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
        var verb = new Verb("verify", "Prove who signed an artifact and how it was built, and say of each link whether it holds. Only an image in a registry, and asking whether a Notation signer was revoked, need a network.",
            "signalbox verify app.sigstore.json --artifact app --identity 'https://github.com/acme/app/*' --issuer https://token.actions.githubusercontent.com",
            "signalbox verify app.sigstore.json --artifact app --key acme.pub",
            "signalbox verify ./saved-image --key acme.pub",
            "signalbox verify registry.example.com/acme/app:1.4 --key acme.pub",
            "signalbox verify app.intoto.jsonl --artifact app --source github.com/acme/app --versioned-tag v1 --level 3");
        verb.Add(What);
        foreach (var option in new Option[] { Artifact, Identity, Issuer, Key, AnySubject, Environment, RequireLog, Witness, NotationOptions.Trust, NotationOptions.Offline, RegistryOptions.Auth, RegistryOptions.PlainHttp }.Concat(s_expectations)) verb.Add(option);
        verb.Add(Bundle());
        return verb.Asks(RunAsync);
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
        VerifyOptions.CheckTogether(session);
        var policy = new VerificationPolicy { Artifact = VerifyOptions.DigestsOf(session), Provenance = VerifyOptions.ProvenanceOf(session) };
        var bundle = VerifyOptions.ReadFile(session.Get(BundlePath)!, "bundle");
        var result = BundleVerifier.Verify(bundle, VerifyOptions.TrustedRootOf(session), policy, DateTimeOffset.UtcNow);
        session.Out.WriteLine(VerificationReport.Of(result).ToJson());
        return result.Accepted ? ExitCode.Yes : ExitCode.No;
    }

    /// <summary>Of several pieces, one that is accepted is enough: each is evidence of its own.</summary>
    private static async Task<int> RunAsync(Session session)
    {
        var what = session.Get(What) ?? throw Usage("FILE is missing; expected a bundle, an image or a digest");
        var pieces = await VerifyAsync(session, what, new(VerifyOptions.TrustedRootOf(session), PolicyOf(session), NotationOptions.Of(session), session.Get(NotationOptions.Trust) is not null, session.Get(NotationOptions.Offline) ? null : new(TimeProvider.System), session.Get(Environment))).ConfigureAwait(false);
        bool Decides(VerifiedPiece piece) => piece.NamesWhatItIsAbout || IsCompared(piece.Result) || session.Get(AnySubject);
        foreach (var piece in pieces)
            if (session.Json) session.Out.WriteLine(VerificationReport.Of(piece.Result, Decides(piece)).ToJson());
            else VerifyText.Write(session, piece.Name, piece.Result, Decides(piece));
        if (pieces.Any(piece => piece.Result.Accepted && Decides(piece))) return ExitCode.Yes;
        if (pieces.Any(piece => piece.Result.Accepted)) return NothingCompared(session, what);
        if (!session.Json) FindingWriter.Write(pieces.Select(piece => VerifyText.ToFinding(what, piece.Result)).DistinctBy(finding => finding.Message), session.Format, session.Out, session.Error);
        return pieces.All(piece => piece.Result.Error == VerificationError.NoExpectation) ? ExitCode.Undecided : ExitCode.No;
    }

    /// <summary>Whether what was signed was held against what the caller has.</summary>
    private static bool IsCompared(VerificationResult result) => !result.Steps.Any(step => step is { Link: "artifact", Outcome: LinkOutcome.NotAsked });

    /// <summary>Somebody signed something: that says nothing about the file that the caller has in hand.</summary>
    private static int NothingCompared(Session session, string what)
    {
        if (!session.Json)
            FindingWriter.Write([Finding.Error("verify-nothing-compared", "the signature holds, and no artifact was compared with what it is about; expected --artifact or --artifact-digest", new(what), $"signalbox verify {Words.Quote(what)} --artifact FILE   # or --any-subject, where it is enough who signed")], session.Format, session.Out, session.Error);
        return ExitCode.Undecided;
    }

    /// <summary>A word that reads as a digest or as an image in a registry is that, whatever lies on this disk.</summary>
    private static async Task<IReadOnlyList<VerifiedPiece>> VerifyAsync(Session session, string what, Expectation expected)
    {
        if (expected.Environment is not null && !File.Exists(what)) throw NoProof();
        if (PlainWords.OfDigest(what, "verify") is not null && Digest.TryParse(what, out var digest)) return await ImageVerification.VerifyAsync(session, digest, expected).ConfigureAwait(false);
        if (PlainWords.Image(what, "verify") is { } image) return await ImageVerification.VerifyAsync(session, image, expected).ConfigureAwait(false);
        if (Directory.Exists(what)) return [.. LayoutVerification.Verify(what, expected.Root, expected.Policy).Select(result => new VerifiedPiece(what, result))];
        return await VerifyFileAsync(what, expected, session.Cancel).ConfigureAwait(false);
    }

    private static async Task<IReadOnlyList<VerifiedPiece>> VerifyFileAsync(string path, Expectation expected, CancellationToken cancel)
    {
        var file = VerifyOptions.ReadFile(path, "bundle");
        if (ReleaseProofVerifier.IsProof(file)) return [new(path, ReleaseProofVerifier.Verify(file, expected.Root, expected.Policy, DateTimeOffset.UtcNow, expected.Environment)) { NamesWhatItIsAbout = true }];
        if (expected.Environment is not null) throw NoProof();
        if (SignedFiles.KindOf(file) is SignedFileKind.Notation or SignedFileKind.ImageSignature)
            return [(await ImageVerification.VerifyAsync(path, file, expected, new(null, expected.Policy.Artifact.FirstOrDefault(digest => digest.Algorithm == "sha256") ?? (expected.Policy.Artifact is [var first, ..] ? first : null)), cancel).ConfigureAwait(false))!];
        return [.. BundleFile.Split(file).Select(bundle => new VerifiedPiece(path, BundleVerifier.Verify(bundle, expected.Root, expected.Policy, DateTimeOffset.UtcNow)))];
    }

    private static VerificationPolicy PolicyOf(Session session)
    {
        VerifyOptions.CheckTogether(session);
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
        if (names.Length == 0 && session.Get(Issuer) is not null) throw Usage("--issuer needs --identity: it vouches for everybody who has an account with it");
        return names.Select(name => ExpectedSigner.Identity(name, session.Get(Issuer)!));
    }

    private static SignalboxException NoProof() => Usage("--env is asked of a release's proof alone; nothing else says where it may go");

    private static SignalboxException Usage(string message) => new(ExitCode.Usage, Finding.Error("usage", message, new("command line"), "signalbox verify --help"));
}
