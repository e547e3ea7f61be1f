using System.Globalization;
using Signalbox.Api;
using Signalbox.Cli.Control;
using Signalbox.Cli.Running;
using Signalbox.Delivery;
using Signalbox.Diagnostics;
using Signalbox.Evidence.Verification;

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
        // of two reports with one name the later takes the earlier's place: the failed tests of one module would be gone
        if (files.GroupBy(file => file.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } same)
            throw new SignalboxException(ExitCode.Usage, Finding.Error("evidence-same-name", $"{string.Join(" and ", same.Select(file => file.Path))} would both be named {same.Key}, and the later would take the earlier's place; expected files of different names", new("command line"), "signalbox evidence add api/junit.xml web/junit.xml --release shop-2"));
        var added = new List<EvidenceView>(files.Count);
        foreach (var check in new[] { true, false })
            foreach (var file in files)
                foreach (var piece in Pieces(file))
                {
                    var view = await SendAsync(file, piece, check).ConfigureAwait(false);
                    if (!check) added.Add(view);
                }
        return added;

        async Task<EvidenceView> SendAsync((string Path, string Name, string Origin) file, Piece piece, bool check)
        {
            try
            {
                await using var stream = piece.Open();
                return await client.AddEvidenceAsync(stream, piece.Name, kind, where, publicKey, file.Origin, check, session.Cancel).ConfigureAwait(false);
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
            {
                throw Unreadable(file.Path, e);
            }
        }
    }

    private sealed record Piece(string Name, Func<Stream> Open);

    /// <summary>A file, or each line of attestations as they are downloaded (<c>.jsonl</c>): each is evidence of its own.</summary>
    private static IEnumerable<Piece> Pieces((string Path, string Name, string Origin) file)
    {
        if (!file.Path.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase)) return [new(file.Name, () => File.OpenRead(file.Path))];
        try
        {
            return [.. BundleFile.Split(File.ReadAllBytes(file.Path)).Select((line, i) => new Piece(i == 0 ? file.Name : string.Create(CultureInfo.InvariantCulture, $"{file.Name} line {i + 1}"), () => new MemoryStream(line.ToArray(), writable: false)))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(file.Path, e);
        }
    }

    private static SignalboxException Unreadable(string path, Exception e) =>
        new(ExitCode.Undecided, Finding.Error("evidence-file", $"the file cannot be read: {e.Message.TrimEnd('.')}", new(path), $"ls -l {path}"));

    private static IEnumerable<(string Path, string Name, string Origin)> Files(string path) => Directory.Exists(path)
        ? Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Take(MostFiles + 1).Select(file => (file, RunFolders.Has(path) ? Path.GetRelativePath(path, file) : NameOf(file), "folder"))
        : [(path, NameOf(path), "file")];

    /// <summary>
    /// From the root of its repository, else from the nearest signalbox.yaml, wherever the command is run and whichever folder is named:
    /// two modules' reports are two. A run's own folder is another one each time, and has a folder for each job.
    /// </summary>
    private static string NameOf(string path)
    {
        var full = Path.GetFullPath(path);
        var inside = Path.GetRelativePath(Above(full, ".git") ?? Above(full, DeliveryFileReader.DefaultName) ?? Environment.CurrentDirectory, full);
        return inside.StartsWith("..", StringComparison.Ordinal) ? full : inside;
    }

    /// <returns>The nearest folder above that has an entry of this name; null where none has.</returns>
    private static string? Above(string path, string name)
    {
        var folder = Path.GetDirectoryName(path);
        while (folder is not null && !Path.Exists(Path.Combine(folder, name))) folder = Path.GetDirectoryName(folder);
        return folder;
    }
}
