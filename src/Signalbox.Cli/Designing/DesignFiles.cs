using System.Text;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Designing;

/// <summary>
/// What <c>design</c> keeps beside a repository's pipelines, in <c>.signalbox-design/</c>: the text that it last wrote for each platform, by which people's own
/// changes are known, and what was chosen instead of its proposals. Both belong into Git (decision 130).
/// </summary>
/// <param name="root">The repository's root.</param>
internal sealed class DesignFiles(string root)
{
    private const string Folder = ".signalbox-design", Choices = "choices";

    // a pipeline's file; far more than any that is designed
    private const int Longest = 1 << 20;

    private string Base(string platform) => Path.Combine(root, Folder, $"{platform}.base");

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

    public string? LastWritten(string platform) => Read(Base(platform));

    /// <summary>What was chosen in earlier runs: a line <c>ID=VALUE</c> each, in which <c>\n</c> is a line break.</summary>
    public Dictionary<string, string> ReadChoices()
    {
        var path = Path.Combine(root, Folder, Choices);
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

    /// <summary>Writes the pipeline, and beside it what the next run must know.</summary>
    public void Write(string pipeline, string text, string platform, string written, IReadOnlyDictionary<string, string> choices)
    {
        // first the pipeline: were it the last and did not come to be, its old text would pass for somebody's change
        Put(pipeline, text);
        Put(Base(platform), written);
        if (choices.Count > 0)
            Put(Path.Combine(root, Folder, Choices), "# What was chosen instead of what signalbox design proposes; a line that is taken out is proposed anew.\n" + string.Concat(choices.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Key}={c.Value.Replace("\n", "\\n", StringComparison.Ordinal)}\n")));
    }

    private static void Put(string path, string text)
    {
        if (Path.GetDirectoryName(path) is { Length: > 0 } folder) Directory.CreateDirectory(folder);
        var beside = path + ".new";
        File.WriteAllText(beside, text);
        File.Move(beside, path, overwrite: true);
    }
}
