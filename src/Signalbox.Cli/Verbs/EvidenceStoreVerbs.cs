using System.CommandLine;
using System.Globalization;
using Signalbox.Api;
using Signalbox.Cli.Control;
using Signalbox.Cli.Deploying;
using Signalbox.Cli.Verifying;
using Signalbox.Diagnostics;
using Signalbox.Evidence;

namespace Signalbox.Cli.Verbs;

/// <summary>The evidence that the control plane keeps.</summary>
internal static class EvidenceStoreVerbs
{
    private static readonly Argument<string[]> What = new("WHAT")
    {
        Description = $"files or folders of results, or an image whose registry holds evidence about it; before them a kind, where the content does not tell it ({string.Join(", ", EvidenceKinds.Words.Where(word => word is not ("approval" or "override")))})",
        Arity = ArgumentArity.OneOrMore,
    };
    private static readonly Option<string?> Release = new("--release") { Description = "the release it is about", HelpName = "RELEASE" };
    private static readonly Option<string?> Subject = new("--subject") { Description = "or the digest it is about", HelpName = "sha256:HEX" };
    private static readonly Option<string?> Key = new("--key") { Description = "the public key that a keyed signature is checked with; the policy says whether it counts", HelpName = "PEM" };
    private static readonly Option<bool> Unsigned = new("--unsigned") { Description = "of an image: hand in also what nobody signed; whoever may push to its registry may have written it" };
    private static readonly Option<bool> All = new("--all") { Description = "also what was withdrawn, and of all releases" };
    private static readonly Option<string?> Content = new("--content") { Description = "write the content, byte by byte, into this file", HelpName = "FILE" };
    private static readonly Option<string> Reason = new("--reason") { Description = "why it shall count no longer", HelpName = "TEXT", Required = true };
    private static readonly Argument<string> Id = new("EVIDENCE") { Description = "its id, or the first 8 digits or more" };

    public static IEnumerable<Command> Create() => [Add(), List(), Show(), Withdraw()];

    private static Verb Add()
    {
        var verb = new Verb("add", "Hand in evidence about a release: reports, signatures, provenance. All of it or nothing: a file that cannot be read adds none.",
            "signalbox evidence add coverage.xml trivy.json --release shop-2", "signalbox evidence add scan trivy.json --subject sha256:9f2c…", "signalbox evidence add signature shop.sigstore.json --key cosign.pub --release shop-2", "signalbox evidence add results/ --release shop-2", "signalbox evidence add registry.example.com/acme/shop:1.4 --key cosign.pub --release shop-2");
        foreach (var option in new Option[] { Release, Subject, Key, Unsigned, RegistryOptions.Auth, RegistryOptions.PlainHttp }) verb.Add(option);
        verb.Add(What);
        return verb.Asks(AddAsync);
    }

    private static Verb List()
    {
        var verb = new Verb("list", "List evidence: what about, of which kind, who brought it, whether it verifies.", "signalbox evidence list --release shop-2", "signalbox evidence list --all");
        verb.Add(Release);
        verb.Add(Subject);
        verb.Add(All);
        return verb.Asks(ListAsync);
    }

    private static Verb Show()
    {
        var verb = new Verb("show", "Show one piece of evidence: where it is from, link by link whether it verifies, and the facts that gates decide by.", "signalbox evidence show 9f2c8d1e0b3a");
        verb.Add(Id);
        verb.Add(Content);
        return verb.Asks(ShowAsync);
    }

    private static Verb Withdraw()
    {
        var verb = new Verb("withdraw", "Let evidence count no longer; its record stays. Needs the scope approve, and somebody else than who brought it.", "signalbox evidence withdraw 9f2c8d1e0b3a --reason 'it is of another build'");
        verb.Add(Id);
        verb.Add(Reason);
        return verb.Asks(async session =>
        {
            using var client = session.Connect();
            return Say(session, await client.WithdrawAsync(session.Get(Id)!, session.Get(Reason)!, session.Cancel).ConfigureAwait(false), "withdrawn");
        });
    }

    private static async Task<int> AddAsync(Session session)
    {
        var what = session.Get(What)!;
        var kind = EvidenceKinds.TryParse(what[0], out _) && what.Length > 1 && !Path.Exists(what[0]) ? what[0] : null;
        // what a word means is said before anybody is asked
        var (images, paths) = Told(what[(kind is null ? 0 : 1)..]);
        using var client = session.Connect();
        var added = await AddAsync(client, images, paths, kind, session).ConfigureAwait(false);
        if (session.Json) session.WriteJson(added, ApiJson.Default.IReadOnlyListEvidenceView);
        else foreach (var view in added) session.Out.WriteLine(Line(view));
        return added.Any(view => view.Verification == nameof(VerificationVerdict.Failed)) ? ExitCode.No : ExitCode.Yes;
    }

    private static (List<string> Images, List<string> Paths) Told(string[] what) =>
        (what.Where(RegistryImport.IsImage).ToList(), what.Where(word => !RegistryImport.IsImage(word)).ToList());

    /// <summary>An image knows its own digest; a file does not say what it is about.</summary>
    private static async Task<IReadOnlyList<EvidenceView>> AddAsync(ControlPlaneClient client, List<string> images, List<string> paths, string? kind, Session session)
    {
        var (key, added) = (KeyOf(session.Get(Key)), new List<EvidenceView>());
        if (paths.Count > 0) added.AddRange(await EvidenceFolder.AddAsync(client, paths, kind, Where(session), key, session).ConfigureAwait(false));
        foreach (var image in images) added.AddRange(await RegistryImport.AddAsync(client, image, kind, About(session), key, session.Get(Unsigned), session).ConfigureAwait(false));
        return added;
    }

    private static async Task<int> ListAsync(Session session)
    {
        using var client = session.Connect();
        var where = About(session);
        if (where is null && !session.Get(All)) throw NoSubject();
        var views = await client.EvidenceAsync(where, session.Cancel).ConfigureAwait(false);
        if (session.Json) session.WriteJson(views, ApiJson.Default.IReadOnlyListEvidenceView);
        else foreach (var view in views) session.Out.WriteLine(Line(view));
        return ExitCode.Yes;
    }

    private static async Task<int> ShowAsync(Session session)
    {
        using var client = session.Connect();
        var view = await client.EvidenceByIdAsync(session.Get(Id)!, session.Cancel).ConfigureAwait(false);
        if (session.Get(Content) is { } file) await File.WriteAllBytesAsync(file, await client.EvidenceContentAsync(view.Id, session.Cancel).ConfigureAwait(false), session.Cancel).ConfigureAwait(false);
        if (session.Json)
        {
            session.WriteJson(view, ApiJson.Default.EvidenceView);
            return ExitCode.Yes;
        }
        session.Out.WriteLine(Line(view));
        session.Out.WriteLine($"  id       {view.Id}\n  subject  {view.Subject}\n  content  {view.Content}, {view.Size.ToString("N0", CultureInfo.InvariantCulture)} bytes, from {view.Origin} {view.Where}\n  brought  by {view.By} at {view.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC, ledger entry {view.Sequence.ToString(CultureInfo.InvariantCulture)}");
        if (view.For is { } application) session.Out.WriteLine($"  for      application {application} alone");
        foreach (var step in view.Steps) session.Out.WriteLine($"  {step}");
        foreach (var other in view.AlsoOf) session.Out.WriteLine($"  the very same content was handed in for {other} before");
        if (view.Facts is { } facts) session.Out.WriteLine($"  facts    {facts}");
        return ExitCode.Yes;
    }

    private static int Say(Session session, EvidenceView view, string done)
    {
        if (session.Json) session.WriteJson(view, ApiJson.Default.EvidenceView);
        else session.Out.WriteLine($"{done}: {Line(view)}");
        return ExitCode.Yes;
    }

    public static string Line(EvidenceView view) =>
        $"{Part(view.Id, 7)} {view.Kind,-11} {view.Verification,-9} {Part(view.Subject, 0)}… {view.By,-16} {view.Summary}{(view.Withdrawn is { } gone ? $" (withdrawn {gone})" : "")}";

    /// <summary>Up to the 12th digit of a digest; what is none stays whole.</summary>
    private static string Part(string digest, int from) => digest.Length >= 19 ? digest[from..19] : digest;

    private static string Where(Session session) => About(session) ?? throw NoSubject();

    /// <summary>A release, or a digest: of both one would be passed over.</summary>
    private static string? About(Session session) => (session.Get(Release), session.Get(Subject)) switch
    {
        ({ } release, { } subject) => throw new SignalboxException(ExitCode.Usage, Finding.Error(
            "evidence-two-subjects", $"it cannot be about {release} and {subject} at once; expected --release or --subject", new("command line"), $"signalbox evidence list --release {release}")),
        var (release, subject) => release ?? subject,
    };

    private static SignalboxException NoSubject() => new(ExitCode.Usage, Finding.Error(
        "evidence-no-subject", "nothing says what the evidence is about; expected --release or --subject", new("command line"), "signalbox evidence list --release shop-2"));

    private static string? KeyOf(string? path)
    {
        try
        {
            return path is null ? null : File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new SignalboxException(ExitCode.Undecided, Finding.Error("evidence-key", $"the key cannot be read: {e.Message.TrimEnd('.')}", new(path!), $"ls -l {path}"));
        }
    }
}
