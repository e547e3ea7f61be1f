using System.CommandLine;
using System.Text.Json;
using Signalbox.Cli.Verifying;
using Signalbox.Diagnostics;
using Signalbox.Evidence.Signing;
using Signalbox.Evidence.Verification;

namespace Signalbox.Cli.Verbs;

/// <summary>The signing half of the suite's client protocol: with an identity token, against the services of a signing configuration.</summary>
internal static class ConformanceSigning
{
    private static readonly Option<bool> Staging = new("--staging") { Description = "sign with Sigstore's staging instance" };
    private static readonly Option<bool> InToto = new("--in-toto") { Description = "the file is an in-toto statement" };
    private static readonly Option<string> Token = new("--identity-token") { Description = "the OpenID Connect token itself", HelpName = "TOKEN", Required = true };
    private static readonly Option<string> BundleFile = new("--bundle") { Description = "where the bundle goes", HelpName = "FILE", Required = true };
    private static readonly Option<string?> SigningConfig = new("--signing-config") { Description = "the services to sign with (signing_config.json 0.2)", HelpName = "FILE" };
    private static readonly Argument<string> Artifact = new("FILE") { Description = "what is signed" };

    public static Verb Create()
    {
        var verb = new Verb("sign-bundle", "Sign a file as the suite asks: with the identity of a token, logged in Rekor v1.",
            "signalbox conformance sign-bundle --identity-token eyJhbGciOiJFUzI1NiJ9.e30.c2ln --bundle a.sigstore.json a.txt");
        foreach (var option in new Option[] { Staging, InToto, Token, BundleFile, VerifyOptions.TrustedRoot, SigningConfig }) verb.Add(option);
        verb.Add(Artifact);
        return verb.Does(RunAsync);
    }

    private static async Task<int> RunAsync(Session session)
    {
        var bytes = VerifyOptions.ReadFile(session.Get(Artifact)!, "artifact");
        var plan = session.Get(SigningConfig) is { } file ? Read(file) : session.Get(Staging) ? Instance("sigstage.dev") : Instance("sigstore.dev");
        using var services = SigningServices.Create(plan);
        try
        {
            var content = session.Get(InToto) ? SignedContent.Statement(bytes) : SignedContent.Message(bytes);
            var bundle = await new BundleSigner(services, plan).SignKeylessAsync(content, session.Get(Token)!, session.Cancel).ConfigureAwait(false);
            if (session.Get(VerifyOptions.TrustedRoot) is not null) Check(session, bundle, bytes);
            await File.WriteAllBytesAsync(session.Get(BundleFile)!, bundle, session.Cancel).ConfigureAwait(false);
            return ExitCode.Yes;
        }
        catch (SigningServiceException e)
        {
            throw new SignalboxException(ExitCode.Undecided, Finding.Error("signing-service", e.Message, new("command line"), "signalbox conformance sign-bundle --help"));
        }
    }

    /// <summary>What was made is verified before it is written, where somebody says by which root.</summary>
    private static void Check(Session session, byte[] bundle, byte[] artifact)
    {
        var policy = new VerificationPolicy { Signers = [ExpectedSigner.Identity("*", IdentityToken.Issuer(session.Get(Token)!) ?? "")], ArtifactBytes = session.Get(InToto) ? null : artifact };
        if (BundleVerifier.Verify(bundle, VerifyOptions.TrustedRootOf(session), policy, DateTimeOffset.UtcNow) is { Accepted: false } refused)
            throw new SignalboxException(ExitCode.No, Finding.Error("sign-unverifiable", $"the bundle that was made would be refused, so it was not written: {refused.Reason}", new(session.Get(BundleFile)!), "signalbox conformance verify-bundle --help"));
    }

    private static SigningPlan Instance(string domain) => new(new($"https://fulcio.{domain}"), new($"https://rekor.{domain}"), null);

    /// <summary>The newest service of each kind that is spoken here (protobuf-specs sigstore_trustroot.proto, SigningConfig): Fulcio v1, Rekor v1, and a timestamp authority.</summary>
    private static SigningPlan Read(string path)
    {
        try
        {
            using var config = JsonDocument.Parse(VerifyOptions.ReadFile(path, "signing-config"));
            var root = config.RootElement;
            return new(Service(root, "caUrls", path), Service(root, "rekorTlogUrls", path), root.TryGetProperty("tsaUrls", out var stamps) && stamps.GetArrayLength() > 0 ? Service(root, "tsaUrls", path) : null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw Malformed(path, e.Message.Split('.')[0]);
        }
    }

    private static Uri Service(JsonElement root, string name, string path)
    {
        foreach (var service in root.GetProperty(name).EnumerateArray())
            if (service.GetProperty("majorApiVersion").GetInt32() == 1 && IsOpen(service) && Uri.TryCreate(service.GetProperty("url").GetString(), UriKind.Absolute, out var address)) return address;
        throw Malformed(path, $"{name} has no service of version 1 that is open now");
    }

    private static bool IsOpen(JsonElement service) => !service.TryGetProperty("validFor", out var window) || !window.TryGetProperty("end", out var end) || end.GetDateTimeOffset() > DateTimeOffset.UtcNow;

    private static SignalboxException Malformed(string path, string why) =>
        new(ExitCode.Undecided, Finding.Error("signing-config-malformed", $"{path}: {why}", new(path), $"python3 -m json.tool {path}"));
}
