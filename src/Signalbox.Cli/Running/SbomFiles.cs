using Signalbox.Audit;
using Signalbox.Diagnostics;
using Signalbox.Evidence.Sboms;

namespace Signalbox.Cli.Running;

/// <summary>The files that an inventory is read from, the same for <c>signalbox sbom</c> and for a run's job.</summary>
/// <param name="Paths">Relative, with forward slashes.</param>
/// <param name="Gaps">One for each folder that was not gone through.</param>
internal sealed record SbomFiles(IReadOnlyList<string> Paths, IReadOnlyList<LockGap> Gaps)
{
    /// <param name="isLeftOut">Whether a path, of a file or of a folder with a slash at its end, is none of the project's.</param>
    /// <exception cref="SignalboxException">There are too many to be a project's.</exception>
    public static SbomFiles Of(string root, Func<string, bool> isLeftOut)
    {
        var walk = RepositoryWalk.Of(root);
        if (walk.Truncated) throw new SignalboxException(ExitCode.Undecided, Finding.Error("sbom-too-many-files", $"there are more than {RepositoryWalk.MostFiles:N0} files; expected a project", new(root), "signalbox sbom ./src"));
        return new([.. walk.Files.Where(IsProjects)], [.. walk.Unread.Where(unread => IsProjects(unread.Folder + "/")).Select(unread => new LockGap(unread.Folder, $"what is in it is not known: {unread.Why}", "signalbox sbom --exclude FOLDER"))]);

        // what a package manager put there for other people's code, or what tests are fed with
        bool IsProjects(string path) => !path.Split('/').Contains("vendor") && !isLeftOut(path);
    }

    public Inventory Read(Func<string, byte[]> read, Action<string>? reading = null)
    {
        var inventory = InventoryReader.Read(Paths, read, reading: reading);
        return inventory with { Gaps = [.. inventory.Gaps, .. Gaps] };
    }
}
