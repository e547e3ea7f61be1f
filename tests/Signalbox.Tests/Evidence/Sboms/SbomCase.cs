using System.Text;
using Signalbox.Evidence.Reports;
using Signalbox.Evidence.Sboms;

namespace Signalbox.Tests.Evidence.Sboms;

/// <summary>Small projects in tests/cases/sboms, each with the SBOM that is expected of it.</summary>
internal static class SbomCase
{
    private static readonly SbomSubject s_subject = new("shop", "1.0.0", new("sha256", "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"));
    private static readonly SbomMaking s_making = new(Guid.Parse("3e671687-395b-41f5-a30f-a58921a69b79"), new(2026, 11, 27, 12, 0, 0, TimeSpan.Zero), "1.2.3");

    public static string Folder(string name) => Path.Combine(Cases.Root, "tests", "cases", "sboms", name);

    public static Inventory Read(string name)
    {
        var folder = Folder(name);
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(folder, file)).Where(file => file != "expected.cdx.json").ToList();
        return InventoryReader.Read(files, file => File.ReadAllBytes(Path.Combine(folder, file)));
    }

    /// <param name="files">Paths with their text.</param>
    public static Inventory Read(params (string Path, string Text)[] files) =>
        InventoryReader.Read([.. files.Select(file => file.Path)], path => Encoding.UTF8.GetBytes(files.Single(file => file.Path == path).Text));

    public static byte[] Write(Inventory inventory) => CycloneDxWriter.Write(inventory, s_subject, s_making);

    /// <summary>The SBOM, read as a gate reads it.</summary>
    public static SbomReport ReadAgain(Inventory inventory) => Assert.IsType<SbomReport>(ReportReader.Read(new MemoryStream(Write(inventory))));

    public static LockedComponent Component(this Inventory inventory, string purl) => inventory.Components.Single(component => component.Reference == purl);
}
