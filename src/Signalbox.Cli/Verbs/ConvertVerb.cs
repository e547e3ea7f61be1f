using System.CommandLine;
using System.Text;
using Signalbox.Cli.Converting;
using Signalbox.Cli.Designing;
using Signalbox.Cli.Running;
using Signalbox.Delivery;
using Signalbox.Diagnostics;
using Signalbox.Pipelines;
using Signalbox.Pipelines.Portable;
using Signalbox.Yaml;
using Words = Signalbox.Delivery.Detection.Words;

namespace Signalbox.Cli.Verbs;

internal static class ConvertVerb
{
    internal static readonly (string Word, Platform Platform)[] Platforms =
    [
        ("github-actions", Platform.GitHubActions), ("gitlab", Platform.GitLab), ("jenkins", Platform.Jenkins), ("azure-pipelines", Platform.AzurePipelines),
    ];

    private const int MostNamed = 5;

    private static readonly Argument<string?> From = new("FILE") { Description = "the pipeline to read (default: the one that lies here)", Arity = ArgumentArity.ZeroOrOne };

    private static readonly Option<string> To = new Option<string>("--to") { Description = "the platform to write for", HelpName = "PLATFORM", Required = true }.AcceptOnlyFromAmong([.. Platforms.Select(p => p.Word)]);

    private static readonly Option<string?> Of = new Option<string?>("--from") { Description = "the platform of FILE (default: told by its name or what it holds)", HelpName = "PLATFORM" }.AcceptOnlyFromAmong([.. Platforms.Select(p => p.Word)]);

    private static readonly Option<string?> Output = new("--output") { Description = "the file to write; - is the output itself (default: where the platform looks for it)", HelpName = "FILE" };

    private static readonly Option<bool> Force = new("--force") { Description = "write over a file that is there" };

    public static Command Create()
    {
        var verb = new Verb("convert", "Write a pipeline for another platform, and say line by line what was carried, changed, or left for a person.",
            "signalbox convert --to gitlab", "signalbox convert .github/workflows/ci.yml --to azure-pipelines --output -", "signalbox convert Jenkinsfile --to github-actions --force --format json");
        verb.Add(From);
        foreach (var option in (Option[])[To, Of, Output, Force]) verb.Add(option);
        return verb.Does(session => Task.FromResult(Run(session)));
    }

    private static int Run(Session session)
    {
        var path = session.Get(From) ?? Find(Directory.GetCurrentDirectory());
        var content = Content(path);
        var to = Named(session.Get(To)!);
        var from = session.Get(Of) is { } word ? Named(word) : Told(session, path, content);
        var output = session.Get(Output) ?? PipelineConversion.FileOf(to);
        if (output != "-" && !session.Get(Force) && Path.Exists(output)) throw new SignalboxException(ExitCode.Usage, Finding.Error(
            "convert-exists", "the file is there already and is left as it is; expected none", new(output), $"signalbox convert {path} --to {session.Get(To)} --output - | diff {output} -"));
        if (output != "-" && DesignFiles.LinkOnTheWay(Directory.GetCurrentDirectory(), output) is { } link) throw new SignalboxException(ExitCode.Undecided, Finding.Error(
            "convert-link", "the folder is a link, and nothing is written through one; expected a folder", new(link), $"ls -ld {Words.Quote(link)}"));
        var (text, log) = (new YamlText(content), new CarriageLog());
        // what a pipeline takes in is named from the repository's top
        var root = ForeignSource.DirectoryOf(path);
        var pipeline = PipelineConversion.Read(from, Path.GetRelativePath(root, Path.GetFullPath(path)).Replace('\\', '/'), text, log, out var problem, new IncludedFiles(root).Named) ?? throw Unreadable(path, text, problem!);
        if (pipeline.Jobs.Count == 0) throw WithoutJobs(session, path, from, content);
        var written = PipelineConversion.Write(to, pipeline, log);
        if (output != "-") Write(output, written);
        Show(session, path, from, to, output == "-" ? null : output, written, log, text);
        return log.AnyLeft ? ExitCode.No : ExitCode.Yes;
    }

    private static Platform Told(Session session, string path, string content)
    {
        var detected = PlatformDetection.Of(path.Replace('\\', '/'), content);
        if (detected.Only is { } only) return only;
        if (detected.Problem is { } problem) throw Unreadable(path, new(content), problem);
        var (id, what) = detected.Platforms.Count == 0
            ? ("convert-unknown", $"the file is no pipeline of GitHub Actions, GitLab, Jenkins or Azure Pipelines by its name or by what it holds; seen {detected.Seen}, expected `on` and `jobs`, jobs with a `script`, lists of stages, jobs or steps, or `pipeline {{`")
            : ("convert-ambiguous", $"the file may be a pipeline of {string.Join(" or of ", detected.Platforms.Select(Word))}: it holds what is of each; seen {detected.Seen}, expected what is of one, or --from");
        throw new SignalboxException(ExitCode.Undecided, Finding.Error(id, what, new(path), Line(session, path, detected.Platforms is [var first, ..] ? first : Platform.GitHubActions)));
    }

    /// <summary>What is written would do nothing, and nobody would see it.</summary>
    private static SignalboxException WithoutJobs(Session session, string path, Platform from, string content)
    {
        var inclusions = PipelineConversion.Inclusions(from, path.Replace('\\', '/'), new(content));
        var file = inclusions.FirstOrDefault(i => !i.Remote && !i.Source.Contains('*'))?.Source;
        var (why, line) = PlatformDetection.ByContent(content).Only is { } other && other != from ? ($"by what it holds it is one of {Word(other)}", Line(session, path, other))
            : inclusions is [var first, ..] ? ($"its jobs are in what it takes in: {string.Join(", ", inclusions.Select(i => i.Source).Distinct().Take(MostNamed))}", Line(session, file ?? "FILE", from))
            : ($"nothing in it is a job of {Word(from)}", Line(session, "FILE", from));
        return new(ExitCode.Undecided, Finding.Error("convert-no-jobs", $"the pipeline has no job of its own, and nothing is written: {why}; expected at least one job", new(path), line));
    }

    private static string Line(Session session, string path, Platform from) => $"signalbox convert {path} --from {Word(from)} --to {session.Get(To)}";

    internal static Platform Named(string word) => Platforms.First(p => p.Word == word).Platform;

    internal static string Word(Platform platform) => Platforms.First(p => p.Platform == platform).Word;

    private static readonly string[] s_files = [".gitlab-ci.yml", "azure-pipelines.yml", "Jenkinsfile"];

    /// <summary>The one pipeline that lies in a directory.</summary>
    private static string Find(string directory)
    {
        var workflows = Path.Combine(directory, ".github", "workflows");
        string[] found =
        [
            .. (Directory.Exists(workflows) ? Directory.EnumerateFiles(workflows) : []).Where(f => f.EndsWith(".yml", StringComparison.Ordinal) || f.EndsWith(".yaml", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
            .. s_files.Select(f => Path.Combine(directory, f)).Where(File.Exists),
        ];
        if (found is [var only]) return Path.GetRelativePath(directory, only);
        var names = string.Join(", ", found.Select(f => Path.GetRelativePath(directory, f)));
        throw new SignalboxException(ExitCode.Usage, Finding.Error("convert-which",
            found.Length == 0 ? "there is no pipeline here; expected one to convert" : $"there are several pipelines here ({names}); expected one", new("command line"),
            $"signalbox convert {(found.Length == 0 ? "FILE" : Path.GetRelativePath(directory, found[0]))} --to gitlab"));
    }

    private static string Content(string path)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            if (bytes.Length > new YamlLimits().MaxBytes) throw new SignalboxException(ExitCode.Undecided, Finding.Error("convert-size", $"the file has {bytes.Length} bytes; expected at most {new YamlLimits().MaxBytes}", new(path)));
            return new UTF8Encoding(false, true).GetString(bytes).TrimStart('\uFEFF');
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw new SignalboxException(ExitCode.Undecided, Finding.Error("convert-missing", $"the file cannot be read: {problem.Message.TrimEnd('.')}", new(path), "signalbox convert FILE --to gitlab"));
        }
    }

    private static SignalboxException Unreadable(string path, YamlText text, YamlProblem problem) => new(ExitCode.Undecided, Finding.Error(
        problem.Id, problem.Message, new(path, problem.Span.Line, problem.Span.Column, Math.Max(1, problem.Span.Length), text.Line(problem.Span.Line), problem.Annotation), problem.Help));

    private static void Write(string output, string text) => AtomicFile.Write(Path.GetFullPath(output), Encoding.UTF8.GetBytes(text), AtomicFile.ForAll);

    private static void Show(Session session, string path, Platform from, Platform to, string? output, string written, CarriageLog log, YamlText text)
    {
        var notes = ConvertView.Ordered(log, text);
        int Count(string kind) => notes.Count(n => n.Kind == kind);
        if (session.Json)
        {
            session.WriteJson(new ConvertView(path, Word(from), Word(to), output, output is null ? written : null, Count("carried"), Count("changed"), Count("left"), notes), ConvertJson.Default.ConvertView);
            return;
        }
        // the pipeline alone goes to the output, so that it can be piped
        var report = output is null ? session.Error : session.Out;
        if (output is null) session.Out.Write(written);
        foreach (var note in notes)
        {
            report.WriteLine($"{(note.Line is { } line ? $"{path}:{line}" : path)}: {note.Kind}: {Plain(note.What)}");
            if (note.Nearest is { } nearest) report.WriteLine($"  nearest: {Plain(nearest)}");
        }
        report.WriteLine($"{Count("carried")} carried, {Count("changed")} changed, {Count("left")} left for a person{(output is null ? "" : $"; wrote {output}")}");
    }

    // what a file says must not steer the terminal
    private static string Plain(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
