using System.Text;
using Signalbox.Cli.Deploying;
using Signalbox.Delivery;
using Signalbox.Delivery.Detection;
using Signalbox.Diagnostics;

namespace Signalbox.Cli.Initialising;

/// <summary>The file that <c>init</c> proposes, and all there is to say about it.</summary>
/// <param name="Path">Where it is written.</param>
/// <param name="Findings">Of the detection, and of <c>check</c> on the proposed file.</param>
/// <param name="IsUsable">The file reads without an error.</param>
internal sealed record InitFile(string Path, DetectedApplication Application, string Text, IReadOnlyList<Finding> Findings, bool IsUsable)
{
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Beside the file; null where nothing must be left out, or where there is one already.</summary>
    public string? IgnorePath { get; private init; }

    public static InitFile Of(string path, DetectedApplication application, DeliverySurroundings surroundings)
    {
        if (application.Services.Count == 0) return new(path, application, "", application.Findings, IsUsable: false);
        var text = DeliveryFileWriter.Write(application);
        var read = DeliveryFileReader.Read(Encoding.UTF8.GetBytes(text), path);
        var check = read.Applications is null ? [] : DeliveryFileCheck.Run(read, surroundings);
        var ignore = System.IO.Path.Combine(System.IO.Path.GetDirectoryName(path)!, DetectedApplication.IgnoreFile);
        return new(path, application, text, FindingOrder.Sort([.. application.Findings, .. read.Findings, .. check]), read.Applications is not null)
        {
            IgnorePath = application.Ignore.Count > 0 && !System.IO.Path.Exists(ignore) ? ignore : null,
        };
    }

    public void Write()
    {
        Replace(Path, Text);
        EditorSchema.Place(Path);
        if (IgnorePath is not null) Replace(IgnorePath, string.Join('\n', ["# left out of releases", .. Application.Ignore, ""]));
    }

    /// <summary>There whole or not at all; what a link leads to is left alone.</summary>
    internal static void Replace(string path, string text)
    {
        var beside = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = Readable };
        using (var file = new FileStream(beside, options)) file.Write(Encoding.UTF8.GetBytes(text));
        File.Move(beside, path, overwrite: true);
    }
}
