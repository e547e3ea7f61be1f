using Signalbox.Cli.Terminal;
using Signalbox.Delivery.Detection;
using Signalbox.Diagnostics;
using Signalbox.Evidence.Verification;

namespace Signalbox.Cli.Verifying;

/// <summary>A verification for people: each link of the chain with what became of it, then the verdict.</summary>
internal static class VerifyText
{
    /// <param name="decides">False where what holds was held against no artifact: it says nothing about the one that the caller has.</param>
    public static void Write(Session session, string file, VerificationResult result, bool decides)
    {
        session.Out.WriteLine(session.Paint.Bold(FindingText.Printable(file)));
        foreach (var step in result.Steps)
            foreach (var line in Folded($"  {Word(session.Paint, step.Outcome)}  {step.Link,-15}  {FindingText.Printable(step.Detail)}")) session.Out.WriteLine(line);
        session.Out.WriteLine((result.Accepted, decides) switch
        {
            (true, true) => session.Paint.Good($"accepted{Summary(result.Facts)}"),
            (true, false) => session.Paint.Bad($"undecided, as no artifact was compared{Summary(result.Facts)}"),
            _ => session.Paint.Bad(Verdict(result)),
        });
    }

    /// <summary>The refusal as a finding, with a line that helps.</summary>
    public static Finding ToFinding(string file, VerificationResult result) => Finding.Error(
        "verify-" + Kebab(result.Error!.Value), result.Reason!, new(file), HelpFor(result.Error.Value, file, result.Facts));

    // only a terminal is narrow; what is piped on is searched by line
    private static IEnumerable<string> Folded(string line) => Screen.IsInteractive ? TextFold.Lines(line, Screen.Width) : [line];

    private static string Word(Paint paint, LinkOutcome outcome) => outcome switch
    {
        LinkOutcome.Proven => paint.Good("proven   "),
        LinkOutcome.Refused => paint.Bad("refused  "),
        _ => paint.Dim("not asked"),
    };

    private static string Verdict(VerificationResult result) => result.Error == VerificationError.NoExpectation ? "undecided: nothing says whom to expect" : $"refused ({result.Error})";

    // names are a certificate's own words
    private static string Summary(VerifiedFacts facts) => FindingText.Printable(facts switch
    {
        { Build: { } build } => $": built by {build.Builder} from {build.Source}{(build.Ref is { } reference ? "@" + reference : "")}, SLSA build level {build.Level}",
        { Signer: { } signer } => $": signed by {signer}",
        { KeyDigest: { } key } => $": signed with the key sha256:{key[..12]}…",
        _ => "",
    });

    private static string HelpFor(VerificationError error, string file, VerifiedFacts facts) => $"signalbox verify {Words.Quote(file)} " + error switch
    {
        VerificationError.NoExpectation when facts.Signer is null => "--key FILE   # or, for a Notation signature, --notation DIR",
        VerificationError.NoExpectation => $"--identity {Words.Quote(facts.Signer ?? "NAME")} --issuer {Words.Quote(facts.Issuer ?? "URL")}   # if that is whom you trust",
        VerificationError.MismatchIdentity or VerificationError.InvalidOIDCIssuer => "--identity NAME --issuer URL",
        VerificationError.UntrustedKey => "--key FILE",
        VerificationError.MismatchHash => "--artifact FILE",
        VerificationError.NoLogProof => "--key FILE   # a signature without a log can only be held against a key",
        VerificationError.MismatchSource => "--source github.com/OWNER/REPO",
        VerificationError.UntrustedReusableWorkflow or VerificationError.MismatchBuilderID or VerificationError.InvalidBuilderID or VerificationError.InvalidRef => "--source github.com/OWNER/REPO --builder-id URI",
        _ => "--help",
    };

    private static string Kebab(VerificationError error) =>
        string.Concat(error.ToString().Replace("OIDC", "Oidc", StringComparison.Ordinal).Replace("ID", "Id", StringComparison.Ordinal).Replace("URI", "Uri", StringComparison.Ordinal)
            .Select((c, i) => char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
