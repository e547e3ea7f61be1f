using System.CommandLine;
using Signalbox.Cli.Terminal;
using Signalbox.Diagnostics;
using Signalbox.Evidence.Signing;
using Signalbox.Evidence.Verification;
using Signalbox.Evidence.Verification.Trust;

namespace Signalbox.Cli.Verifying;

/// <summary>What <c>sign</c> and <c>attest</c> share: whose signature, where it is logged, and where the bundle goes.</summary>
internal static class SignOptions
{
    public const string PasswordVariable = "SIGNALBOX_KEY_PASSWORD";

    private static readonly Option<string?> Key = new("--key") { Description = $"private key in PEM that signs; its password, where it has one, is taken from ${PasswordVariable}", HelpName = "FILE" };
    private static readonly Option<string?> Token = new("--identity-token") { Description = "file with an OpenID Connect token, to sign without a key: its identity is certified for ten minutes", HelpName = "FILE" };
    private static readonly Option<string?> Fulcio = new("--fulcio") { Description = "certificate authority for --identity-token", HelpName = "URL" };
    private static readonly Option<string?> Rekor = new("--rekor") { Description = "transparency log that the signature is written to", HelpName = "URL" };
    private static readonly Option<string?> Timestamp = new("--timestamp") { Description = "timestamp authority that stamps the signature", HelpName = "URL" };
    private static readonly Option<string> RekorEntry = new Option<string>("--rekor-entry") { Description = "how a statement is written into the log", HelpName = "dsse|intoto", DefaultValueFactory = _ => "dsse" }.AcceptOnlyFromAmong("dsse", "intoto");
    private static readonly Option<string?> Output = new("--bundle") { Description = "where the bundle goes; - for standard output (default: beside the first FILE, with .sigstore.json)", HelpName = "FILE" };

    public static void AddTo(Verb verb)
    {
        foreach (var option in new Option[] { Key, Token, Fulcio, Rekor, Timestamp, RekorEntry, VerifyOptions.TrustedRoot, Output }) verb.Add(option);
    }

    /// <summary>Signs, verifies what was made as anyone else would, and only then writes it.</summary>
    /// <param name="file">What the bundle is named after.</param>
    public static async Task<int> RunAsync(Session session, SignedContent content, string file, VerificationPolicy artifact)
    {
        var plan = new SigningPlan(Address(session, Fulcio), Address(session, Rekor), Address(session, Timestamp)) { EnvelopeEntry = session.Get(RekorEntry) == "intoto" ? EnvelopeEntry.InToto : EnvelopeEntry.Dsse };
        using var services = SigningServices.Create(plan);
        var signer = new BundleSigner(services, plan);
        try
        {
            var (bundle, policy) = (session.Get(Key), session.Get(Token)) switch
            {
                ({ } key, null) => await SignWithKeyAsync(session, signer, content, key, artifact).ConfigureAwait(false),
                (null, { } token) => await SignKeylessAsync(session, signer, content, token, artifact).ConfigureAwait(false),
                _ => throw Usage("expected --key, or --identity-token with --fulcio"),
            };
            return Finish(session, bundle, policy, session.Get(Output) ?? file + ".sigstore.json");
        }
        catch (SigningServiceException e)
        {
            throw new SignalboxException(ExitCode.Undecided, Finding.Error("signing-service", e.Message, new("command line"), "signalbox sign --help"));
        }
    }

    private static async Task<(byte[] Bundle, VerificationPolicy? Policy)> SignWithKeyAsync(Session session, BundleSigner signer, SignedContent content, string path, VerificationPolicy artifact)
    {
        using var key = ReadKey(path);
        var bundle = await signer.SignAsync(content, key, session.Cancel).ConfigureAwait(false);
        return (bundle, artifact with { Signers = [ExpectedSigner.Holder(TrustedKey.FromPem(key.PublicPem))] });
    }

    // whom the certificate names is the token's matter; whether the bundle holds together is checked where its root is given
    private static async Task<(byte[] Bundle, VerificationPolicy? Policy)> SignKeylessAsync(Session session, BundleSigner signer, SignedContent content, string path, VerificationPolicy artifact)
    {
        if (session.Get(Fulcio) is null || session.Get(Rekor) is null) throw Usage("--identity-token needs --fulcio and --rekor: a certificate of ten minutes is worth nothing without a log that saw it in time");
        var token = System.Text.Encoding.UTF8.GetString(VerifyOptions.ReadFile(path, "token")).Trim();
        var bundle = await signer.SignKeylessAsync(content, token, session.Cancel).ConfigureAwait(false);
        return (bundle, session.Get(VerifyOptions.TrustedRoot) is null ? null : artifact with { Signers = [ExpectedSigner.Identity("*", IssuerOf(token))] });
    }

    private static string IssuerOf(string token) => IdentityToken.Issuer(token) ?? throw new SigningServiceException("the identity token names no issuer");

    private static int Finish(Session session, byte[] bundle, VerificationPolicy? policy, string output)
    {
        if (policy is not null)
        {
            var root = session.Get(VerifyOptions.TrustedRoot) is null && session.Get(Rekor) is null && session.Get(Timestamp) is null ? TrustedRoot.Empty : VerifyOptions.TrustedRootOf(session);
            var result = BundleVerifier.Verify(bundle, root, policy, DateTimeOffset.UtcNow);
            if (!result.Accepted)
                throw new SignalboxException(ExitCode.No, Finding.Error("sign-unverifiable", $"the bundle that was made would be refused, so it was not written: {result.Reason}", new(output), "signalbox sign --trusted-root FILE   # of the instance that signed"));
        }
        if (output == "-") session.Out.WriteLine(System.Text.Encoding.UTF8.GetString(bundle));
        else
        {
            File.WriteAllBytes(output, [.. bundle, (byte)'\n']);
            if (session.Json) session.WriteJson(new(true, output), CliJson.Default.DoneView);
            else session.Out.WriteLine($"signed: {output}");
        }
        return ExitCode.Yes;
    }

    private static Uri? Address(Session session, Option<string?> option) => session.Get(option) is not { } text ? null
        : Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https" ? address
        : throw Usage($"{option.Name} is '{text}'; expected an address such as https://rekor.example");

    private static SigningKey ReadKey(string path)
    {
        try
        {
            return SigningKey.FromPem(System.Text.Encoding.UTF8.GetString(VerifyOptions.ReadFile(path, "key")), Environment.GetEnvironmentVariable(PasswordVariable));
        }
        catch (FormatException e)
        {
            throw new SignalboxException(ExitCode.Undecided, Finding.Error("key-malformed", $"{path}: {e.Message}", new(path), "signalbox sign new-key KEY"));
        }
    }

    public static SignalboxException Usage(string message) => new(ExitCode.Usage, Finding.Error("usage", message, new("command line"), "signalbox sign --help"));
}
