using System.CommandLine;
using System.Security.Cryptography;
using Signalbox.Cli.Verifying;
using Signalbox.Diagnostics;
using Signalbox.Evidence.Signing;
using Signalbox.Evidence.Verification;

namespace Signalbox.Cli.Verbs;

internal static class SignVerb
{
    private static readonly Argument<string?> Artifact = new("FILE") { Description = "what is signed", Arity = ArgumentArity.ZeroOrOne };
    private static readonly Argument<string> KeyFile = new("KEY") { Description = "where the private key goes; the public one goes beside it, with .pub" };

    public static Command Create()
    {
        var verb = new Verb("sign", "Sign a file into a Sigstore bundle, with a key or with an identity token. What is made is verified before it is written.",
            "signalbox sign app.tar --key acme.key", "signalbox sign app.tar --identity-token token.jwt --fulcio https://fulcio.sigstore.dev --rekor https://rekor.sigstore.dev");
        verb.Add(Artifact);
        SignOptions.AddTo(verb);
        verb.Add(NewKey());
        return verb.Does(RunAsync);
    }

    private static Task<int> RunAsync(Session session)
    {
        var path = session.Get(Artifact) ?? throw SignOptions.Usage("FILE is missing; expected what is to be signed");
        var bytes = VerifyOptions.ReadFile(path, "artifact");
        return SignOptions.RunAsync(session, SignedContent.Message(bytes), path, new() { ArtifactBytes = bytes, Artifact = [new("sha256", Convert.ToHexStringLower(SHA256.HashData(bytes)))] });
    }

    private static Verb NewKey()
    {
        var verb = new Verb("new-key", "Make an ECDSA P-256 key. Its file is its owner's alone (mode 0600) and is not encrypted: keep it in a secrets manager.",
            "signalbox sign new-key acme.key");
        verb.Add(KeyFile);
        return verb.Does(session => Task.FromResult(RunNewKey(session)));
    }

    private static int RunNewKey(Session session)
    {
        var path = session.Get(KeyFile)!;
        using var key = SigningKey.Create();
        Write(path, key);
        session.Say($"made {path} and {path}.pub, which policies know as sha256:{TrustedKey.FromPem(key.PublicPem).Digest}");
        if (session.Json) session.WriteJson(new(true, path), Terminal.CliJson.Default.DoneView);
        return ExitCode.Yes;
    }

    /// <summary>Both or neither: the public key of another private one may lie there, and whoever trusts it would trust this one.</summary>
    private static void Write(string path, SigningKey key)
    {
        var (pub, mine) = (path + ".pub", false);
        try
        {
            using var shared = new FileStream(pub, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write });
            mine = true;
            using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
            file.Write(System.Text.Encoding.ASCII.GetBytes(key.ExportPem()));
            shared.Write(System.Text.Encoding.ASCII.GetBytes(key.PublicPem));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (mine) File.Delete(pub);
            var taken = mine ? path : pub;
            if (!Path.Exists(taken)) throw;
            throw new SignalboxException(ExitCode.No, Finding.Error("key-exists", $"{taken} is there already and was left as it is: {e.Message.TrimEnd('.')}", new(path), $"signalbox sign new-key {path}.new"));
        }
    }
}
