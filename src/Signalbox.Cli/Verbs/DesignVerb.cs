using System.CommandLine;
using Signalbox.Cli.Designing;
using Signalbox.Cli.Terminal;
using Signalbox.Delivery;
using Signalbox.Delivery.Detection;
using Signalbox.Diagnostics;
using Signalbox.Pipelines;
using Signalbox.Pipelines.Design;
using Signalbox.Pipelines.Portable;

namespace Signalbox.Cli.Verbs;

internal static class DesignVerb
{
    private static readonly Argument<string> Where = new("PATH") { Description = "the repository's root", DefaultValueFactory = _ => "." };

    private static readonly Option<string?> On = new Option<string?>("--platform") { Description = "the platform to write for (default: what the Git remote suggests)", HelpName = "PLATFORM" }.AcceptOnlyFromAmong([.. ConvertVerb.Platforms.Select(p => p.Word)]);

    private static readonly Option<string[]> Set = new("--set") { Description = "decide otherwise, and remember it: the decision's id and the choice; repeat for several", HelpName = "ID=VALUE" };

    private static readonly Option<bool> Explain = new("--explain") { Description = "say each decision with its reason and what else may be chosen; write nothing" };

    private static readonly Option<bool> Check = new("--check") { Description = "write nothing; exit 1 where a run would change a file" };

    private static readonly Option<string?> Output = new("--output") { Description = "the pipeline's file; - is the output itself (default: where the platform looks for it)", HelpName = "FILE" };

    private static readonly Option<bool> Force = new("--force") { Description = "write over what people changed, or over a file that design did not write" };

    public static Command Create()
    {
        var verb = new Verb("design", "Decide a pipeline for a repository from what is found in it, and write it: build, test, scan, sign, attest, verify, deploy; and where a controller delivers, its manifests. People's own changes are kept.",
            "signalbox design", "signalbox design --platform gitlab --explain", "signalbox design --platform github-actions --set coverage=90 --set scan.code=off", "signalbox design --check");
        verb.Add(Where);
        foreach (var option in (Option[])[On, Set, Explain, Check, Output, Force]) verb.Add(option);
        return verb.Does(RunAsync);
    }

    private static async Task<int> RunAsync(Session session)
    {
        var root = session.Get(Where)!;
        if (!Directory.Exists(root)) throw new SignalboxException(ExitCode.Undecided, Finding.Error("design-missing", "there is no such directory; expected a repository's root", new(root), "signalbox design ."));
        var repository = new DesignedRepository(root, session.Cancel);
        var remote = await repository.RemoteAsync();
        var refusal = await GitProgram.RefusalAsync(root, session.Cancel);
        var platform = PlatformOf(session, root, remote, refusal);
        var branch = await repository.BranchAsync(platform, new(root));
        var (survey, findings) = branch is null ? RepositorySurveyor.Read(root, remote) : RepositorySurveyor.Read(root, remote, branch.Value, branch.Place);
        var choices = Choices(session, new(root));
        var design = Design(survey, platform, choices);
        if (survey.Languages.Count == 0 && survey.Dockerfile is null)
            throw new SignalboxException(ExitCode.No, [.. findings, Finding.Error("design-nothing", $"nothing was recognised that could be built; expected package.json, a .NET project, go.mod, pom.xml, build.gradle, pyproject.toml, requirements.txt or a Dockerfile{string.Concat(survey.Undesigned.Select(other => $"; {other.Value} ({other.Place}) is not designed"))}", new(root), "signalbox design FOLDER")]);
        FindingWriter.Write(refusal is null ? findings : [refusal, .. findings], OutputFormat.Text, session.Error, session.Error);
        if (session.Get(Explain)) return Show(session, design, []);
        if (session.Get(Output) == "-")
        {
            if (!session.Json) session.Out.Write(design.Text);
            return session.Json ? Show(session, design, []) : ExitCode.Yes;
        }
        if (await repository.TopAboveAsync() is { } top)
            throw new SignalboxException(ExitCode.Usage, Finding.Error("design-not-top", $"the folder lies within the repository {top}, and {ConvertVerb.Word(platform)} runs no pipeline from there; expected the repository's root", new(root), $"signalbox design {Words.Quote(top)}"));
        return await PutAsync(session, design, root, session.Get(Output) ?? Path.Combine(root, PipelineConversion.FileOf(platform)), choices);
    }

    /// <param name="refusal">Why Git tells nothing, or null.</param>
    private static Platform PlatformOf(Session session, string root, RemoteRepository? remote, Finding? refusal)
    {
        if (session.Get(On) is { } word) return ConvertVerb.Named(word);
        if (remote?.Platform is { } known) return known;
        Platform[] there = [.. ConvertVerb.Platforms.Select(p => p.Platform).Where(p => File.Exists(Path.Combine(root, PipelineConversion.FileOf(p))))];
        if (there is [var only]) return only;
        if (refusal is not null) throw new SignalboxException(ExitCode.Undecided, refusal with { Severity = Severity.Error });
        throw new SignalboxException(ExitCode.Usage, Finding.Error("design-platform",
            remote is null ? "there is no Git remote called origin that could suggest a platform; expected --platform" : $"the Git remote {remote.Host} suggests no platform; expected --platform",
            new("command line"), $"signalbox design --platform {ConvertVerb.Platforms[0].Word}"));
    }

    private static Dictionary<string, string> Choices(Session session, DesignFiles files)
    {
        var choices = files.ReadChoices();
        foreach (var pair in session.Get(Set) ?? [])
        {
            if (pair.IndexOf('=') is not (> 0 and var at)) throw new SignalboxException(ExitCode.Usage, Finding.Error("design-choice", $"'{pair}' is no choice; expected ID=VALUE", new("command line"), "signalbox design --set coverage=85"));
            choices[pair[..at]] = pair[(at + 1)..];
        }
        return choices;
    }

    private static PipelineDesign Design(RepositorySurvey survey, Platform platform, Dictionary<string, string> choices)
    {
        try
        {
            return PipelineDesign.Of(survey, platform, choices);
        }
        catch (DesignChoiceException problem)
        {
            throw new SignalboxException(ExitCode.Usage, Finding.Error("design-choice", problem.Message, new("command line"), "signalbox design --explain"));
        }
    }

    private static async Task<int> PutAsync(Session session, PipelineDesign design, string root, string path, Dictionary<string, string> choices)
    {
        var files = new DesignFiles(root);
        var again = $"signalbox design --platform {ConvertVerb.Word(design.Platform)}";
        var plan = new DesignPlan(files, session.Get(Force), again, session.Cancel);
        var planned = new List<PlannedFile> { await plan.FileAsync(ConvertVerb.Word(design.Platform), path, design.Text) };
        foreach (var file in design.Delivery) planned.Add(await plan.FileAsync(file.Path, Path.Combine(root, file.Path), file.Text));
        planned.AddRange(files.Delivered().Except(design.Delivery.Select(f => f.Path)).Select(key => plan.Forgotten(root, key)));
        FindingWriter.Write([.. Missing(design, planned[0])], OutputFormat.Text, session.Error, session.Error);
        if (session.Get(Check)) return Checked(session, design, planned, again);
        foreach (var file in planned.Where(f => f.IsNew))
            if (file.Text is { } text && file.Designed is { } designed) files.Write(file.Path, file.Ending == "\n" ? text : text.Replace("\n", file.Ending, StringComparison.Ordinal), file.Key, designed);
            else files.Remove(file.Key);
        files.WriteChoices(choices);
        return Show(session, design, planned);
    }

    /// <summary>Whoever takes a whole job out may mean it, and is no drift; but nothing in the file shows that it was there.</summary>
    private static IEnumerable<Finding> Missing(PipelineDesign design, PlannedFile pipeline)
    {
        if (pipeline.Text is not { } text || text == pipeline.Designed) yield break;
        var there = JobsOf(design.Platform, text);
        foreach (var job in JobsOf(design.Platform, design.Text).Except(there))
            yield return new("design-job-missing", Severity.Warning, $"the job {job} is designed and was taken out of the file; expected it, or a choice that leaves it out", [new(pipeline.Path)], "signalbox design --explain");
    }

    private static IEnumerable<string> JobsOf(Platform platform, string text) =>
        PipelineConversion.Read(platform, PipelineConversion.FileOf(platform), new(text), new CarriageLog(), out _)?.Jobs.Select(j => j.Id) ?? [];

    private static int Checked(Session session, PipelineDesign design, List<PlannedFile> planned, string again)
    {
        var drifted = planned.Where(f => f.IsNew).ToList();
        if (!session.Json || drifted.Count == 0) Show(session, design, planned, checking: true);
        if (drifted.Count == 0) return ExitCode.Yes;
        throw new SignalboxException(ExitCode.No, [.. drifted.Select(file =>
        {
            var line = file.Current is null || file.Text is null ? 0 : FirstDifference(file.Current, file.Text);
            return Finding.Error("design-drifted",
                file.Text is null ? "the file is there and is not designed any more; expected none"
                    : file.Current is null ? "the file is not there; expected what is designed"
                    : file.Text == file.Current ? "what was last written is out of date beside the file; expected a run of design" : "the file has drifted from what is designed",
                line == 0 ? new(file.Path) : new(file.Path, line, 1, 1, file.Current!.Split('\n').ElementAtOrDefault(line - 1) ?? ""), again);
        })]);
    }

    private static int FirstDifference(string one, string other)
    {
        var (a, b) = (one.Split('\n'), other.Split('\n'));
        var same = a.Zip(b).TakeWhile(p => p.First == p.Second).Count();
        return Math.Min(same + 1, a.Length);
    }

    /// <param name="planned">The pipeline first; empty where nothing is written.</param>
    private static int Show(Session session, PipelineDesign design, List<PlannedFile> planned, bool checking = false)
    {
        string State(PlannedFile file) => checking && file.IsNew ? "drifted" : file.State;
        var pipeline = planned.Count > 0 ? planned[0] : null;
        var left = design.Notes.Where(n => n.Kind == Carried.Left).Select(n => n.Nearest is { } nearest ? $"{n.What}; nearest: {nearest}" : n.What).ToList();
        if (session.Json)
        {
            session.WriteJson(new DesignView(ConvertVerb.Word(design.Platform), pipeline?.Path, pipeline is null ? "printed" : State(pipeline), pipeline is null ? design.Text : null,
                pipeline is null ? [.. design.Delivery.Select(f => new DesignFileView(f.Path, "printed", f.Text))] : [.. planned.Skip(1).Select(f => new DesignFileView(f.Key, State(f), null))],
                [.. design.Decisions.All.Select(d => new DecisionView(d.Id, d.Choice, d.Why, d.Place.Length > 0 ? d.Place : null, d.Others))], left), DesignJson.Default.DesignView);
            return ExitCode.Yes;
        }
        if (session.Get(Explain))
            foreach (var decision in design.Decisions.All)
            {
                session.Out.WriteLine($"{decision.Id} = {Plain(decision.Choice)}");
                session.Out.WriteLine($"  {Plain(decision.Why)}{(decision.Place.Length > 0 ? $" ({Plain(decision.Place)})" : "")}; may be {decision.Others}");
            }
        foreach (var line in left) session.Out.WriteLine($"left: {Plain(line)}");
        foreach (var file in planned.Skip(1).Where(f => State(f) != "unchanged")) session.Out.WriteLine($"{Plain(file.Path)}: {State(file)}{(State(file) == "left" ? "; it is not designed any more, and somebody changed it" : "")}");
        if (pipeline is not null) session.Out.WriteLine($"{pipeline.Path}: {State(pipeline)}; {design.Decisions.All.Count} decisions, signalbox design --explain says why");
        return ExitCode.Yes;
    }

    // what a repository says must not steer the terminal
    private static string Plain(string text) => string.Concat(text.Replace("\n", " ; ", StringComparison.Ordinal).Select(c => char.IsControl(c) ? ' ' : c));
}
