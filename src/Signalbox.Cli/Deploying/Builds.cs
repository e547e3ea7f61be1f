using System.Globalization;
using System.Text.RegularExpressions;
using Signalbox.Delivery;
using Signalbox.Delivery.Detection;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Deploying;

/// <summary>Runs each application's <c>pipeline.build</c>, once, before its artifacts are packed.</summary>
internal sealed partial class Builds(Session session, DeployFile file, bool skip)
{
    /// <summary>Where a build may put what it makes: never packed with the source, never seen by Git.</summary>
    private const string Workshop = ".signalbox";

    private const int MostHelpLines = 30;

    private readonly HashSet<string> _built = new(StringComparer.Ordinal);

    public bool Awaits(Application application) => !skip && application.Build is not null && !_built.Contains(application.Name);

    /// <exception cref="SignalboxException">The build failed or took too long; exit code 1.</exception>
    public async Task RunAsync(Application application)
    {
        var build = application.Build!;
        if (build.NeedsRun is { } why)
            throw new SignalboxException(ExitCode.No, Finding.Error("build-needs-run", $"the build of {application.Name} is not run by this verb: {why}; expected signalbox run before", new(file.Path), "signalbox run --deploy production   # or, with what is built already: --no-build"));
        HideWorkshop(application);
        session.Say(session.Paint.Dim($"building {application.Name}: {FirstLine(build.Run)}"));
        var process = new BuildProcess(build, file.Directory, session.Live ? Show : null);
        var end = await process.RunAsync(session.Cancel).ConfigureAwait(false);
        if (!end.Succeeded) throw Failed(application, build, end);
        _built.Add(application.Name);
        session.Say($"built {application.Name} in {Seconds(end.Took)}");
    }

    /// <summary>A line for each that goes by; on a terminal only.</summary>
    private void Show(string text)
    {
        session.Terminal.Write(text);
        session.Terminal.Flush();
    }

    private void HideWorkshop(Application application)
    {
        foreach (var path in application.Environments.SelectMany(environment => environment.Services).Select(service => service.ArtifactPath))
        {
            var at = $"/{path}/".IndexOf($"/{Workshop}/", StringComparison.Ordinal);
            if (at < 0) continue;
            var directory = Directory.CreateDirectory(Path.Combine(file.Directory, path[..at], Workshop));
            var ignore = Path.Combine(directory.FullName, ".gitignore");
            if (!File.Exists(ignore)) File.WriteAllText(ignore, "*\n");
        }
    }

    private SignalboxException Failed(Application application, BuildStep build, BuildEnd end)
    {
        var lines = end.LastLines.Select(line => Escape().Replace(line, "")).ToList();
        var message = $"the build of {application.Name} {end.Describe(build)}; nothing is deployed";
        if (session.Json) message += lines.Count > 0 ? $"; its last lines: {string.Join(" | ", lines.TakeLast(5))}" : "";
        else if (!session.Live)
            foreach (var line in lines) session.Error.WriteLine($"  | {line}");
        return new(ExitCode.No, Finding.Error("build-failed", message, new(file.Path), ByHand(build)));
    }

    /// <summary>What was run, to be run again by hand.</summary>
    private string ByHand(BuildStep build)
    {
        var script = build.Run.TrimEnd();
        var lines = script.Split('\n').Length;
        if (lines > MostHelpLines) return $"less {file.Path}";
        return lines == 1
            ? $"cd {Words.Quote(file.Directory)} && {script}"
            : $"cd {Words.Quote(file.Directory)} && sh -e <<'END'\n{script}\nEND";
    }

    private static string FirstLine(string script)
    {
        var lines = script.Trim().Split('\n');
        return lines.Length == 1 ? lines[0] : lines[0] + " …";
    }

    private static string Seconds(TimeSpan took) => string.Create(CultureInfo.InvariantCulture, $"{took.TotalSeconds:0.0} s");

    [GeneratedRegex(@"\e\[[0-9;?]*[ -/]*[@-~]|\e\][^\a\e]*(\a|\e\\)|[\x00-\x08\x0b-\x1f]")]
    private static partial Regex Escape();
}
