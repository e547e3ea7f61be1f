using Signalbox.Api;
using Signalbox.Cli.Control;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Deploying;

/// <summary>Hands in files and folders of results: first all are looked at, and only where each can be read any is recorded.</summary>
internal static class EvidenceFolder
{
    private const int MostFiles = 200;

    /// <param name="where">A release or a digest.</param>
    /// <exception cref="SignalboxException">Something is not there, or is no evidence; nothing was recorded.</exception>
    public static async Task<IReadOnlyList<EvidenceView>> AddAsync(
        ControlPlaneClient client, IReadOnlyList<string> paths, string? kind, string where, string? publicKey, Session session)
    {
        var files = paths.SelectMany(Files).ToList();
        if (files.Count is 0 or > MostFiles)
            throw new SignalboxException(ExitCode.Usage, Finding.Error("evidence-files", $"{string.Join(", ", paths)} has {files.Count} files; expected 1 to {MostFiles}", new("command line"), "signalbox evidence add results/ --release shop-2"));
        foreach (var file in files) await SendAsync(file, check: true).ConfigureAwait(false);
        var added = new List<EvidenceView>(files.Count);
        foreach (var file in files) added.Add(await SendAsync(file, check: false).ConfigureAwait(false));
        return added;

        async Task<EvidenceView> SendAsync((string Path, string Name, string Origin) file, bool check)
        {
            try
            {
                await using var stream = File.OpenRead(file.Path);
                return await client.AddEvidenceAsync(stream, file.Name, kind, where, publicKey, file.Origin, check, session.Cancel).ConfigureAwait(false);
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
            {
                throw new SignalboxException(ExitCode.Undecided, Finding.Error("evidence-file", $"the file cannot be read: {e.Message.TrimEnd('.')}", new(file.Path), $"ls -l {file.Path}"));
            }
        }
    }

    private static IEnumerable<(string Path, string Name, string Origin)> Files(string path) => Directory.Exists(path)
        ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(MostFiles + 1).Select(file => (file, Path.GetRelativePath(path, file), "folder"))
        : [(path, Path.GetFileName(path), "file")];
}
