using System.CommandLine;
using Signalbox.Cli.Control;
using Signalbox.Cli.Terminal;
using Signalbox.Diagnostics;
using Signalbox.Evidence;
using Signalbox.Evidence.Reports;

namespace Signalbox.Cli.Verbs;

/// <summary>Looks into evidence. Reading and comparing reports needs nothing that runs.</summary>
internal static class EvidenceVerb
{
    private static readonly Argument<string> FileArgument = new("FILE") { Description = "the report; - for standard input" };
    private static readonly Argument<string> Before = new("OLD") { Description = "the SBOM of the earlier release, or that release itself, whose SBOM the control plane has" };
    private static readonly Argument<string> After = new("NEW") { Description = "the SBOM of the later release, or that release itself" };

    public static Command Create() => Verb.Group("evidence", "Facts about what is released: read them, compare them.", [Read(), Diff(), .. EvidenceStoreVerbs.Create()]);

    private static Verb Read()
    {
        var verb = new Verb("read", "Read a scan, SBOM, coverage, test or VEX report of any known tool, recognised by its content, into one form.",
            "signalbox evidence read trivy.json", "signalbox evidence read --format json coverage/cobertura.xml", "trivy image -f json app:1.0 | signalbox evidence read -");
        verb.Add(FileArgument);
        return verb.Does(RunReadAsync);
    }

    private static Verb Diff()
    {
        var verb = new Verb("diff", "Say what changed from one SBOM to another: components added, removed, in another version, under another licence.",
            "signalbox evidence diff old.cdx.json new.cdx.json", "signalbox evidence diff shop-1 shop-2");
        verb.Add(Before);
        verb.Add(After);
        return verb.Asks(RunDiffAsync);
    }

    private static async Task<int> RunReadAsync(Session session)
    {
        var path = session.Get(FileArgument)!;
        var report = await ReadFileAsync(path, session).ConfigureAwait(false);
        if (session.Json) ReportJson.Write(session.Out, report);
        else if (report is RefusedReport refused) FindingWriter.Write([Refusal(path, refused)], session.Format, session.Out, session.Error);
        else ReportText.Write(session.Out, path, report);
        return report is RefusedReport or SbomReport { Valid: false } ? ExitCode.No : ExitCode.Yes;
    }

    private static async Task<int> RunDiffAsync(Session session)
    {
        var before = await SbomAsync(session.Get(Before)!, session).ConfigureAwait(false);
        var after = await SbomAsync(session.Get(After)!, session).ConfigureAwait(false);
        var diff = SbomDiff.Between(before, after);
        if (session.Json) SbomDiffJson.Write(session.Out, diff);
        else ReportText.Write(session.Out, diff);
        return ExitCode.Yes;
    }

    private static async Task<Report> ReadFileAsync(string path, Session session)
    {
        var stream = path == "-" ? Console.OpenStandardInput() : File.OpenRead(path);
        await using (stream.ConfigureAwait(false))
            return await ReportReader.ReadAsync(stream, cancel: session.Cancel).ConfigureAwait(false);
    }

    /// <summary>A file, or the id of a release: files come first, and no release's id has a dot or a slash.</summary>
    private static async Task<SbomReport> SbomAsync(string what, Session session) => what == "-" || Path.Exists(what) || what.AsSpan().IndexOfAny("./") >= 0
        ? Sbom(what, await ReadFileAsync(what, session).ConfigureAwait(false))
        : await SbomOfAsync(what, session).ConfigureAwait(false);

    /// <summary>All that counts about the release: the newest of each name about each of its artifacts, together.</summary>
    private static async Task<SbomReport> SbomOfAsync(string release, Session session)
    {
        using var client = session.Connect();
        var views = (await client.EvidenceAsync(release, session.Cancel).ConfigureAwait(false))
            .Where(view => view is { Kind: "sbom", Withdrawn: null } && view.Verification != nameof(VerificationVerdict.Failed))
            .GroupBy(view => (view.Subject, view.Where, view.By), (_, same) => same.MaxBy(view => view.Sequence)!).ToList();
        var read = new List<SbomReport>();
        foreach (var view in views)
        {
            var content = await client.EvidenceContentAsync(view.Id, session.Cancel).ConfigureAwait(false);
            using var stream = new MemoryStream(SignedStatement.Read(content)?.Report ?? content, writable: false);
            read.Add(Sbom(view.Where, ReportReader.Read(stream, cancel: session.Cancel)));
        }
        return read.Count > 0 ? read[0] with { Components = [.. read.SelectMany(sbom => sbom.Components)] } : throw new SignalboxException(ExitCode.No, Finding.Error(
            "sbom-missing", $"the control plane has no SBOM of {release}, and there is no file of that name", new("command line"), $"signalbox evidence add sbom sbom.cdx.json --release {release}"));
    }

    private static SbomReport Sbom(string path, Report report) => report switch
    {
        SbomReport { Valid: true } sbom => sbom,
        SbomReport invalid => throw new SignalboxException(ExitCode.No, Finding.Error("sbom-invalid", $"this {invalid.Format} document is not valid: {invalid.Problems[0]}", new(path), $"signalbox evidence read {path}")),
        RefusedReport refused => throw new SignalboxException(ExitCode.No, Refusal(path, refused)),
        var other => throw new SignalboxException(ExitCode.No, Finding.Error("sbom-expected", $"this is a {other.Kind} report; expected an SBOM, CycloneDX or SPDX", new(path), $"signalbox evidence read {path}")),
    };

    private static Finding Refusal(string path, RefusedReport refused) => Finding.Error(
        "report-refused", refused.Reason, new(path), "signalbox evidence read --help");
}
