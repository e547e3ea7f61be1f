using Signalbox.Delivery;
using Signalbox.Pipelines.Local.Caching;

namespace Signalbox.Cli.Running;

/// <summary>Folders that hold no source, and in which one may come up: those that Git does not ignore.</summary>
internal static class BareFolders
{
    private static readonly EnumerationOptions s_noLinks = new() { AttributesToSkip = FileAttributes.ReparsePoint };

    /// <param name="directory">An absolute path.</param>
    /// <param name="files">The sources, relative to it.</param>
    /// <param name="byGit">Whether Git says what is ignored; else nothing is.</param>
    public static async Task<IReadOnlyList<string>> OfAsync(string directory, IEnumerable<string> files, bool byGit, CancellationToken cancel)
    {
        var known = SourceListing.FoldersOf(files);
        var found = new List<string>();
        for (var open = known.ToList(); open.Count > 0; found.AddRange(open))
        {
            var below = open.SelectMany(folder => Below(directory, folder)).Where(folder => !known.Contains(folder)).ToList();
            var ignored = new HashSet<string>(StringComparer.Ordinal);
            foreach (var repository in (byGit ? below : []).GroupBy(folder => RepositoryOf(directory, folder), StringComparer.Ordinal))
                ignored.UnionWith(await IgnoredAsync(directory, repository.Key, repository, cancel).ConfigureAwait(false));
            open = [.. below.Where(folder => !ignored.Contains(folder))];
        }
        return found;
    }

    private static IEnumerable<string> Below(string directory, string folder)
    {
        var prefix = folder.Length == 0 ? "" : folder + "/";
        try
        {
            return [.. new DirectoryInfo(Path.Combine(directory, folder)).EnumerateDirectories("*", s_noLinks).Select(info => prefix + info.Name).Where(path => !SourceFiles.IsOwn(path + "/") && !path.EndsWith("/.git", StringComparison.Ordinal) && !SourceFiles.IsNameless(path))];
        }
        catch (DirectoryNotFoundException)
        {
            // it is gone meanwhile, which the folder around it shows
            return [];
        }
    }

    /// <summary>The one that a folder lies in: Git answers for no other, not even for a submodule.</summary>
    private static string RepositoryOf(string directory, string folder)
    {
        do folder = folder.Contains('/') ? folder[..folder.LastIndexOf('/')] : "";
        while (folder.Length > 0 && !Path.Exists(Path.Combine(directory, folder, ".git")));
        return folder;
    }

    private static async Task<IEnumerable<string>> IgnoredAsync(string directory, string repository, IEnumerable<string> folders, CancellationToken cancel)
    {
        var prefix = repository.Length == 0 ? "" : repository + "/";
        var answer = await GitProgram.RunAsync(Path.Combine(directory, repository), ["check-ignore", "-z", "--stdin"], cancel, string.Join('\0', folders.Select(folder => folder[prefix.Length..]))).ConfigureAwait(false);
        return answer is { Code: 0 } ? answer.Output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Select(path => prefix + path) : [];
    }
}
