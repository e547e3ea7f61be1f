using System.CommandLine;
using System.Security.Cryptography;
using Signalbox.Cli.Verifying;
using Signalbox.Diagnostics;
using Signalbox.Evidence.Signing;
using Signalbox.Evidence.Verification;

namespace Signalbox.Cli.Verbs;

internal static class AttestVerb
{
    private static readonly Argument<string[]> Subjects = new("SUBJECT") { Description = "files, or digests as sha256:HEX, that the statement is about", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string> Predicate = new("--predicate") { Description = "file with what is claimed, JSON", HelpName = "FILE", Required = true };
    private static readonly Option<string> Type = new("--type") { Description = $"the predicate's type: an address, or one of {string.Join(", ", StatementWriter.ShortNames)}", HelpName = "URI", Required = true };

    public static Command Create()
    {
        var verb = new Verb("attest", "Sign a statement about files or digests (in-toto) into a Sigstore bundle. What is made is verified before it is written.",
            "signalbox attest app.tar --predicate app.spdx.json --type spdx --key acme.key",
            "signalbox attest sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03 --predicate result.json --type test-result --key acme.key --bundle result.sigstore.json");
        verb.Add(Subjects);
        verb.Add(Predicate);
        verb.Add(Type);
        SignOptions.AddTo(verb);
        return verb.Does(RunAsync);
    }

    private static Task<int> RunAsync(Session session)
    {
        var names = session.Get(Subjects)!;
        var type = StatementWriter.PredicateType(session.Get(Type)!)
            ?? throw SignOptions.Usage($"'{session.Get(Type)}' is not a predicate's type; expected an address or one of {string.Join(", ", StatementWriter.ShortNames)}");
        var subjects = names.Select(Subject).ToList();
        var statement = Statement(session.Get(Predicate)!, subjects, type);
        return SignOptions.RunAsync(session, SignedContent.Statement(statement), names[0], new() { Artifact = [subjects[0].Digest] });
    }

    private static byte[] Statement(string predicate, List<(string, ArtifactDigest)> subjects, string type)
    {
        try
        {
            return StatementWriter.Write(subjects, type, VerifyOptions.ReadFile(predicate, "predicate"));
        }
        catch (FormatException e)
        {
            throw new SignalboxException(ExitCode.No, Finding.Error("predicate-malformed", $"{predicate}: {e.Message}", new(predicate), $"python3 -m json.tool {predicate}"));
        }
    }

    private static (string Name, ArtifactDigest Digest) Subject(string text)
    {
        if (PlainWords.OfDigest(text, "attest") is not null && ArtifactDigest.TryParse(text, out var digest)) return (text, digest!);
        return (Path.GetFileName(text), new("sha256", Convert.ToHexStringLower(SHA256.HashData(VerifyOptions.ReadFile(text, "subject")))));
    }
}
