using System.Globalization;
using System.Text.Json;
using Signalbox.Diagnostics;
using Signalbox.Pipelines.Local;

namespace Signalbox.Cli.Running;

/// <summary>Where the runs of a project are: <c>.signalbox/runs/N</c> beside its signalbox.yaml, which neither Git nor packing sees.</summary>
internal sealed class RunFolders(string directory)
{
    private const string Workshop = ".signalbox", Runs = "runs", LockName = "lock";

    /// <summary>Older ones are deleted.</summary>
    private const int Kept = 20;

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    public string Root => Path.Combine(directory, Workshop, Runs);

    /// <summary>Whether a folder is one of a run.</summary>
    public static bool Has(string folder) => Path.GetFullPath(folder).Contains($"/{Workshop}/{Runs}/", StringComparison.Ordinal);

    /// <summary>Of all runs, the newest last.</summary>
    public IReadOnlyList<int> Ids => !Directory.Exists(Root) ? [] :
        [.. Directory.EnumerateDirectories(Root).Select(Path.GetFileName).Select(name => int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0).Where(id => id > 0).Order()];

    public string Of(int id) => Path.Combine(Root, id.ToString(CultureInfo.InvariantCulture));

    public string Journal(int id) => Path.Combine(Of(id), "journal.jsonl");

    public string Results(int id) => Path.Combine(Of(id), "results");

    public string Log(int id, int index, string job) =>
        Path.Combine(Of(id), "logs", string.Create(CultureInfo.InvariantCulture, $"{index:000}-{Plain(job)}.log"));

    /// <summary>Where a run keeps what it knows of the images that it made.</summary>
    public static string Images(string run) => Path.Combine(run, "images");

    /// <summary>The images that a run made, in the order of their jobs' names.</summary>
    public static IReadOnlyList<BuiltImage> ReadImages(string run) => !Directory.Exists(Images(run)) ? [] :
        [.. Directory.EnumerateFiles(Images(run), "*.json").Order(StringComparer.Ordinal).Select(file => JsonSerializer.Deserialize(File.ReadAllBytes(file), RunJson.Default.BuiltImage)).OfType<BuiltImage>()];

    /// <summary>What a job leaves has this name: its id where that is one of a file, else what is like it, with its place in the plan.</summary>
    public static string NameOf(PlannedJob job) => Plain(job.Id) is var plain && plain == job.Id ? plain : string.Create(CultureInfo.InvariantCulture, $"{plain}.{job.Index}");

    /// <summary>Like a job's id, as part of the name of a file: others may be alike.</summary>
    private static string Plain(string job) => string.Concat(job.Take(80).Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));

    public RunRecord? Read(int id) => File.Exists(Journal(id)) && RunRecord.Of(RunJournal.Read(Journal(id))) is { } run ? run with { Reports = RunReports.Of(Results(id)), Images = ReadImages(Of(id)) } : null;

    /// <summary>Makes the place for runs. A link in its stead would lead what is written elsewhere.</summary>
    /// <exception cref="SignalboxException">It is a link.</exception>
    public void Prepare()
    {
        var ignore = Path.Combine(directory, Workshop, ".gitignore");
        foreach (var path in new[] { Path.Combine(directory, Workshop), Root }) Directory.CreateDirectory(Own(path, "directory"));
        _ = Own(Path.Combine(Root, LockName), "file");
        if (!File.Exists(Own(ignore, "file"))) File.WriteAllText(ignore, "*\n");
    }

    private static string Own(string path, string kind) => new FileInfo(path).LinkTarget is null
        ? path : throw new SignalboxException(ExitCode.No, Finding.Error("run-folder-link", $"{path} is a link; expected a {kind}", new(path), $"rm {path}"));

    /// <summary>One run at a time: two would write one another's files.</summary>
    /// <exception cref="SignalboxException">Another one goes on.</exception>
    public FileStream Lock()
    {
        try
        {
            return new(Path.Combine(Root, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException) when (File.Exists(Path.Combine(Root, LockName)))
        {
            throw new SignalboxException(ExitCode.No, Finding.Error("run-goes-on", $"another run goes on in {directory}; expected one at a time", new(Root), "signalbox run show"));
        }
    }

    /// <summary>A new run, and room for it.</summary>
    public int Create()
    {
        var ids = Ids;
        foreach (var old in ids.Take(Math.Max(0, ids.Count - Kept + 1))) Directory.Delete(Of(old), recursive: true);
        var id = ids.Count == 0 ? 1 : ids[^1] + 1;
        Directory.CreateDirectory(Of(id), OwnerOnly);
        Directory.CreateDirectory(Path.Combine(Of(id), "logs"));
        return id;
    }
}
