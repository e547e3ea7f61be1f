using System.CommandLine;
using System.Security.Cryptography;
using Signalbox.Cli.Running;
using Signalbox.Cli.Terminal;
using Signalbox.Delivery.Artifacts;
using Signalbox.Delivery.Detection;
using Signalbox.Diagnostics;
using Signalbox.Evidence.Reports;
using Signalbox.Evidence.Sboms;
using Signalbox.Evidence.Verification;

namespace Signalbox.Cli.Verbs;

/// <summary>Writes an SBOM from lockfiles. Nothing is installed, run or asked of any network.</summary>
internal static class SbomVerb
{
    private static readonly Argument<string> From = new("DIR") { Description = "the project's directory", DefaultValueFactory = _ => "." };
    private static readonly Option<string?> Output = new("--output") { Description = "where the SBOM goes; - for standard output (default)", HelpName = "FILE" };
    private static readonly Option<string?> Subject = new("--subject") { Description = "what is released: a digest, or a file or directory whose digest is taken", HelpName = "DIGEST|ARTIFACT" };
    private static readonly Option<string?> Name = new("--name") { Description = "what the project is called (default: the directory's name)", HelpName = "NAME" };
    private static readonly Option<string[]> Exclude = new("--exclude") { Description = "a folder whose lockfiles are not the project's; repeat for several", HelpName = "FOLDER" };
    private static readonly Option<bool> AcceptGaps = new("--accept-gaps") { Description = "exit 0 though something is missing; the SBOM says so all the same" };

    public static Command Create()
    {
        var verb = new Verb("sbom", "Write a CycloneDX SBOM from the lockfiles of a project, and say what they cannot tell. Installs nothing, runs nothing, asks no network.",
            "signalbox sbom", "signalbox sbom ./shop --output sbom.cdx.json --subject shop.tar", "signalbox sbom --subject sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03 --exclude tests");
        verb.Add(From);
        foreach (var option in new Option[] { Output, Subject, Name, Exclude, AcceptGaps }) verb.Add(option);
        return verb.Does(session => Task.FromResult(Run(session)));
    }

    private static int Run(Session session)
    {
        var root = session.Get(From)!;
        if (!Directory.Exists(root)) throw new SignalboxException(ExitCode.Undecided, Finding.Error("sbom-missing", "there is no such directory; expected a project's", new(root), "signalbox sbom ."));
        var inventory = Read(session, root);
        if (inventory.Lockfiles.Count == 0)
            throw new SignalboxException(ExitCode.Undecided, [.. Findings(inventory, root), Finding.Error("sbom-no-lockfile", "no lockfile could be read; expected package-lock.json, packages.lock.json, go.mod or the like", new(root), "signalbox sbom --help")]);
        var name = session.Get(Name) ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(root)));
        var bytes = CycloneDxWriter.Write(inventory, new(name.Length == 0 ? "project" : name, null, Digest(session)), new(Guid.NewGuid(), TimeProvider.System.GetUtcNow(), ProductVersion.Number));
        var report = Checked(bytes);
        Put(session, bytes, inventory, report);
        // programs find the gaps in the summary; where the SBOM itself stands on standard output there is none
        if (!session.Json || !IsFile(session.Get(Output))) FindingWriter.Write(Findings(inventory, root), OutputFormat.Text, session.Error, session.Error);
        return inventory.IsComplete || session.Get(AcceptGaps) ? ExitCode.Yes : ExitCode.Undecided;
    }

    private static Inventory Read(Session session, string root)
    {
        var excluded = (session.Get(Exclude) ?? []).Select(folder => Path.TrimEndingDirectorySeparator(folder).TrimStart('.', '/') + "/").ToArray();
        return SbomFiles.Of(root, path => excluded.Any(folder => path.StartsWith(folder, StringComparison.Ordinal))).Read(path => Bytes(Path.Combine(root, path)), path =>
        {
            session.Cancel.ThrowIfCancellationRequested();
            if (session.Live) session.Error.WriteLine($"reading {path}");
        });
    }

    /// <summary>One byte more than is read tells that it is too large.</summary>
    private static byte[] Bytes(string path)
    {
        // empty to the system are pipes and devices too, and opening those may never end
        if (new FileInfo(path).Length == 0) return [];
        using var stream = File.OpenRead(path);
        var bytes = new byte[(int)Math.Min(stream.Length, LockLimits.Default.MaxBytes + 1)];
        return bytes[..stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
    }

    private static ArtifactDigest? Digest(Session session) => session.Get(Subject) switch
    {
        null => null,
        var path when Directory.Exists(path) || (File.Exists(path) && s_archives.Any(archive => path.EndsWith(archive, StringComparison.Ordinal))) => new("sha256", ArtifactPacker.Pack(path, Stream.Null).Digest.Hex),
        var path when File.Exists(path) => FileDigest(path),
        var text when ArtifactDigest.TryParse(text, out var digest) => digest,
        var text => throw new SignalboxException(ExitCode.Usage, Finding.Error("usage", $"'{text}' is neither a digest nor a file or directory", new("command line"), "signalbox sbom --help")),
    };

    // what deploy packs: its digest is that of the manifest of its one layer
    private static readonly string[] s_archives = [".tar", ".tar.gz", ".tgz", ".zip"];

    private static ArtifactDigest FileDigest(string path)
    {
        using var stream = File.OpenRead(path);
        return new("sha256", Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    /// <summary>What is made is read as anyone else would before it is handed out.</summary>
    private static SbomReport Checked(byte[] bytes) => ReportReader.Read(new MemoryStream(bytes, writable: false)) switch
    {
        SbomReport { Valid: true } sbom => sbom,
        SbomReport invalid => throw new InvalidOperationException($"the SBOM that was made is not valid: {invalid.Problems[0]}"),
        RefusedReport refused => throw new InvalidOperationException($"the SBOM that was made cannot be read: {refused.Reason}"),
        _ => throw new InvalidOperationException("the SBOM that was made is none"),
    };

    private static void Put(Session session, byte[] bytes, Inventory inventory, SbomReport report)
    {
        if (session.Get(Output) is not { } output || !IsFile(output))
        {
            session.Out.Write(System.Text.Encoding.UTF8.GetString(bytes));
            return;
        }
        File.WriteAllBytes(output, bytes);
        if (session.Json) session.WriteJson(new SbomView(output, inventory.Components.Count, inventory.IsComplete, inventory.Lockfiles.Select(file => new LockfileView(file.Path, file.Format, file.Components, file.Digest.ToString())),
            inventory.Gaps.Select(gap => new GapView(gap.Path, gap.Message, gap.Help)), NtiaMinimum.Check(report).Select(gap => gap.Element)), CliJson.Default.SbomView);
        else WriteText(session.Out, output, inventory, report);
    }

    private static bool IsFile(string? output) => output is not (null or "-");

    private static void WriteText(TextWriter to, string output, Inventory inventory, SbomReport report)
    {
        to.WriteLine($"{output}: {Count(inventory.Components.Count, "component")} from {Count(inventory.Lockfiles.Count, "lockfile")}");
        foreach (var file in inventory.Lockfiles) to.WriteLine($"  {file.Format,-8} {file.Components,6}  {file.Path}");
        foreach (var gap in NtiaMinimum.Check(report)) to.WriteLine($"  NTIA minimum: no {gap.Element}{(gap.Components > 0 ? $" in {Count(gap.Components, "component")}" : "")}");
    }

    private static IEnumerable<Finding> Findings(Inventory inventory, string root) => inventory.Gaps.Select(gap =>
        new Finding("sbom-gap", Severity.Warning, gap.Message, [new(Path.Combine(root, gap.Path))], gap.Help ?? $"head -c 300 {Words.Quote(Path.Combine(root, gap.Path))}"));

    private static string Count(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";
}
