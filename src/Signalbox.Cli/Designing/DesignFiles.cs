using System.Text;
using Signalbox.Delivery;
using Signalbox.Diagnostics;
using Signalbox.Pipelines.Design;

namespace Signalbox.Cli.Designing;

/// <summary>
/// What <c>design</c> keeps beside what it writes, in <c>.signalbox-design/</c>: the text that it last wrote for each platform and for each file of the delivery, by
/// which people's own changes are known, and what was chosen instead of its proposals. All of it belongs into Git (decision 130).
/// </summary>
/// <param name="root">The repository's root.</param>
internal sealed class DesignFiles(string root)
{
    private const string Choices = "choices", Ending = ".base";

    // a pipeline's file; far more than any that is designed
    private const int Longest = 1 << 20;

    private string Home => Path.Combine(root, DesignedFile.Folder);

    /// <param name="key">A platform, or a path below the root.</param>
    private string Base(string key) => Path.Combine(Home, key + Ending);

    /// <returns>Null where it is not there.</returns>
    public static string? Read(string path)
    {
        try
        {
            var info = new FileInfo(path);
            if (!info.Exists) return null;
            if (info.Length > Longest) throw new IOException($"it has {info.Length} bytes; expected at most {Longest}");
            return new UTF8Encoding(false, true).GetString(File.ReadAllBytes(path)).TrimStart('\uFEFF');
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or DecoderFallbackException)
        {
            throw new SignalboxException(ExitCode.Undecided, Finding.Error("design-unreadable", $"the file cannot be read: {problem.Message.TrimEnd('.')}", new(path), $"ls -l {path}"));
        }
    }

    /// <summary>The first folder below the root, on the way to a file or to what is kept of it, that is a link; null where none is.</summary>
    public string? LinkBefore(string path, string key) => LinkOnTheWay(root, path) ?? LinkOnTheWay(root, Base(key));

    /// <summary>The first folder below one, on the way to a file, that is a link; null where none is, or the file lies elsewhere.</summary>
    public static string? LinkOnTheWay(string root, string path)
    {
        var (top, found) = (Path.GetFullPath(root), (string?)null);
        for (var folder = Path.GetDirectoryName(Path.GetFullPath(path)); folder is not null && folder.StartsWith(top + Path.DirectorySeparatorChar, StringComparison.Ordinal); folder = Path.GetDirectoryName(folder))
            if (new DirectoryInfo(folder) is { Exists: true, LinkTarget: not null }) found = folder;
        return found;
    }

    /// <summary>Where what was last written is kept, as people are told.</summary>
    public static string BaseOf(string key) => $"{DesignedFile.Folder}/{key}{Ending}";

    public string? LastWritten(string key) => Read(Base(key));

    /// <summary>The paths below the root that an earlier run wrote for the delivery, in order.</summary>
    public IReadOnlyList<string> Delivered() => !Directory.Exists(Home) ? []
        : [.. Directory.EnumerateFiles(Home, "*" + Ending, new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.ReparsePoint })
            .Select(f => Path.GetRelativePath(Home, f)[..^Ending.Length]).Where(k => k.Contains('/')).Order(StringComparer.Ordinal)];

    /// <summary>What was chosen in earlier runs: a line <c>ID=VALUE</c> each, in which <c>\n</c> is a line break.</summary>
    public Dictionary<string, string> ReadChoices()
    {
        var path = Path.Combine(Home, Choices);
        var choices = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (line, number) in (Read(path) ?? "").Split('\n').Select((l, i) => (l.Trim(), i + 1)))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            if (line.IndexOf('=') is not (> 0 and var at))
                throw new SignalboxException(ExitCode.Undecided, Finding.Error("design-choice", $"'{line}' is no choice; expected ID=VALUE", new(path, number, 1, line.Length, line), "coverage=85"));
            choices[line[..at].Trim()] = line[(at + 1)..].Trim().Replace("\\n", "\n", StringComparison.Ordinal);
        }
        return choices;
    }

    public void WriteChoices(IReadOnlyDictionary<string, string> choices)
    {
        if (choices.Count > 0 && !Same(ReadChoices(), choices))
            Put(Path.Combine(Home, Choices), "# What was chosen instead of what signalbox design proposes; a line that is taken out is proposed anew.\n" + string.Concat(choices.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Key}={c.Value.Replace("\n", "\\n", StringComparison.Ordinal)}\n")));
    }

    private static bool Same(Dictionary<string, string> one, IReadOnlyDictionary<string, string> other) => one.Count == other.Count && one.All(c => other.TryGetValue(c.Key, out var value) && value == c.Value);

    /// <summary>Writes a file, and beside it what the next run must know.</summary>
    /// <param name="path">The file itself, wherever it is to lie.</param>
    public void Write(string path, string text, string key, string written)
    {
        // first the file: were it the last and did not come to be, its old text would pass for somebody's change
        Put(path, text);
        Put(Base(key), written);
    }

    /// <summary>Takes out what is not designed any more and that nobody changed.</summary>
    public void Remove(string key)
    {
        File.Delete(Path.Combine(root, key));
        File.Delete(Base(key));
    }

    private static void Put(string path, string text) =>
        AtomicFile.Write(Path.GetFullPath(path), Encoding.UTF8.GetBytes(text), AtomicFile.ForAll);
}
