using Signalbox.Diagnostics;
using Signalbox.Pipelines.Design;

namespace Signalbox.Cli.Designing;

/// <summary>What a run would do with one file.</summary>
/// <param name="Key">By which its last text is kept: a platform, or its path below the root.</param>
/// <param name="Path">Where it lies.</param>
/// <param name="Current">Its text now; null where it is not there.</param>
/// <param name="Text">Its text after the run; null where it is taken out.</param>
/// <param name="Designed">What is designed; null where it is not designed any more.</param>
/// <param name="IsNew">Whether the run would change the file or what is kept beside it.</param>
/// <param name="Ending">What ends its lines; in the texts here it is a line feed alone.</param>
internal sealed record PlannedFile(string Key, string Path, string? Current, string? Text, string? Designed, bool IsNew, string Ending = "\n")
{
    /// <summary><c>unchanged</c>, <c>written</c>, <c>merged</c>, <c>removed</c>, or <c>left</c>: not designed any more, and changed by somebody.</summary>
    public string State => Designed is null ? (Text is null ? "removed" : "left") : !IsNew ? "unchanged" : Text == Designed ? "written" : "merged";
}

/// <summary>Lays what is designed beside what is there. All of it is known before anything is written.</summary>
/// <param name="again">The line that designs anew.</param>
internal sealed class DesignPlan(DesignFiles files, bool force, string again, CancellationToken cancel)
{
    public async Task<PlannedFile> FileAsync(string key, string path, string designed)
    {
        NoLink(path, key);
        // Git may check out with other line ends than were written (core.autocrlf): those are nobody's change, and are kept
        var there = DesignFiles.Read(path);
        var (current, written, ending) = (Lines(there), Lines(files.LastWritten(key)), there?.IndexOf('\n') is > 0 and var at && there[at - 1] == '\r' ? "\r\n" : "\n");
        var text = current is null || force ? designed : await MergedAsync(key, current, written, designed, path);
        return new(key, path, current, text, designed, text != current || written != designed, ending);
    }

    private static string? Lines(string? text) => text?.Replace("\r\n", "\n", StringComparison.Ordinal);

    /// <summary>What an earlier run wrote and this one does not: taken out where nobody changed it.</summary>
    public PlannedFile Forgotten(string root, string key)
    {
        var path = System.IO.Path.Combine(root, key);
        NoLink(path, key);
        var current = Lines(DesignFiles.Read(path));
        var changed = current is not null && current != Lines(files.LastWritten(key)) && !force;
        return new(key, path, current, changed ? current : null, null, !changed);
    }

    private void NoLink(string path, string key)
    {
        if (files.LinkBefore(path, key) is { } link)
            throw new SignalboxException(ExitCode.Undecided, Finding.Error("design-link", "the folder is a link, and what is designed is not written through one; nothing was written", new(link), $"ls -ld {link}"));
    }

    private async Task<string> MergedAsync(string key, string current, string? written, string now, string path)
    {
        if (current == now) return now;
        if (written is null)
            throw new SignalboxException(ExitCode.No, Finding.Error("design-exists", "the file is there, was not written by design and is left as it is; expected none", new(path), Look(key, path)));
        var scratch = Directory.CreateTempSubdirectory("signalbox-design-");
        try
        {
            var merged = await MergedText.MergeAsync(current, written, now, scratch.FullName, cancel);
            return merged.Text ?? throw new SignalboxException(ExitCode.No, Finding.Error("design-conflict", "the same lines were changed here and in the design; nothing was written",
                new(path, merged.Conflict, 1, 1, current.Split('\n').ElementAtOrDefault(merged.Conflict - 1) ?? ""), Look(key, path)));
        }
        catch (IOException problem)
        {
            throw new SignalboxException(ExitCode.Undecided, Finding.Error("design-merge", problem.Message, new(path), "git --version"));
        }
        finally
        {
            scratch.Delete(recursive: true);
        }
    }

    // the pipeline is the output itself; a file of the delivery is in what is explained
    private string Look(string key, string path) => key.Contains('/') ? $"{again} --explain --format json" : $"{again} --output - | diff {path} -";
}
