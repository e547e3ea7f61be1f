using System.Text;
using Signalbox.Evidence.Reports;
using Signalbox.Evidence.Sboms;

namespace Signalbox.Tests.Fuzz;

/// <summary>The readers of lockfiles, and the SBOM that is written from what they say.</summary>
internal static class SbomTargets
{
    private static readonly string[] s_manifests = ["package.json", "pyproject.toml", "composer.json", "pom.xml", "build.gradle"];
    private static readonly LockLimits s_limits = new(MaxBytes: 1 << 20, MaxComponents: 20_000, MaxEdges: 200_000);
    private static readonly SbomSubject s_subject = new("fuzz", null, null);
    private static readonly SbomMaking s_making = new(Guid.Empty, DateTimeOffset.UnixEpoch.AddYears(60), "1");

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        .. LockfileFormats.All.Select(format => new FuzzTarget($"lockfile-{format.Name}", () => [.. Files().Where(file => format.Fits(file.Path)).Select(file => new FuzzSeed(file.Bytes, bytes => Read(file.Name, bytes)))])),
        FuzzTarget.Of("manifest", bytes => string.Join(' ', s_manifests.Select(name => Read(name, bytes))), () => Files().Where(file => s_manifests.Contains(file.Name)).Select(file => file.Bytes)),
    ];

    /// <summary>Components or a gap with a foreseen reason; and what is written is a valid SBOM with as many components.</summary>
    private static string Read(string name, byte[] bytes)
    {
        // beside a lockfile of each kind, so that manifests are read too, and above manifests that it may name as members
        var inventory = InventoryReader.Read([.. new[] { name, "package-lock.json", "poetry.lock", "composer.lock", "below/package.json", "below/pyproject.toml", "below/Cargo.toml" }.Distinct()], path => path == name ? bytes : Beside(path), s_limits);
        if (inventory.Gaps.FirstOrDefault(gap => gap.Message.Length == 0 || gap.Message.StartsWith(InventoryReader.Unforeseen, StringComparison.Ordinal)) is { } gap)
            throw new FuzzFaultException($"a gap without a foreseen reason: {gap}");
        var written = CycloneDxWriter.Write(inventory, s_subject, s_making);
        if (ReportReader.Read(new MemoryStream(written)) is not SbomReport { Valid: true } sbom) throw new FuzzFaultException($"the SBOM is not valid: {Encoding.UTF8.GetString(written)}");
        if (sbom.Components.Count != inventory.Components.Count) throw new FuzzFaultException("the SBOM has other components");
        return inventory.Gaps.FirstOrDefault(one => !one.Path.StartsWith("below/", StringComparison.Ordinal)) is { } first ? first.Message : $"read {Math.Min(inventory.Components.Count, 20)}";
    }

    private static byte[] Beside(string path) => path switch
    {
        "package-lock.json" => """{"lockfileVersion":1,"dependencies":{"round":{"version":"1.0.0"}}}"""u8.ToArray(),
        "below/package.json" => """{"dependencies":{"round":"1"}}"""u8.ToArray(),
        "below/pyproject.toml" => "[project]\ndependencies = [\"click\"]\n"u8.ToArray(),
        "below/Cargo.toml" => "[package]\nname = \"below\"\n[dependencies]\nserde = \"1\"\n"u8.ToArray(),
        "poetry.lock" => "[[package]]\nname = \"click\"\nversion = \"1\"\n[metadata]\n"u8.ToArray(),
        _ => """{"packages":[{"name":"acme/money","version":"1"}]}"""u8.ToArray(),
    };

    private static IEnumerable<(string Name, string Path, byte[] Bytes)> Files()
    {
        var root = Path.Combine(Cases.Root, "tests", "cases", "sboms");
        return Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Where(file => !file.EndsWith(".cdx.json", StringComparison.Ordinal))
            .Select(file => (Path.GetFileName(file), Path.GetRelativePath(root, file), File.ReadAllBytes(file)));
    }
}
