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
        AtomicFile.Write(Path, Encoding.UTF8.GetBytes(Text), AtomicFile.ForAll);
        EditorSchema.Place(Path);
        if (IgnorePath is not null) AtomicFile.Write(IgnorePath, Encoding.UTF8.GetBytes(string.Join('\n', ["# left out of releases", .. Application.Ignore, ""])), AtomicFile.ForAll);
    }
}
