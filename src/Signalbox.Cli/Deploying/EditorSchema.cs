using Signalbox.Delivery;
using Signalbox.Delivery.Detection;

namespace Signalbox.Cli.Deploying;

/// <summary>
/// The JSON Schema of this very program, where the first line of a signalbox.yaml that <c>init</c> wrote tells editors to look: in
/// .signalbox/, which Git does not see and no artifact has. Whoever reads the file puts it there anew, in another checkout too.
/// </summary>
internal static class EditorSchema
{
    private const string Folder = ".signalbox", Name = "signalbox.schema.json";

    /// <param name="file">A signalbox.yaml; one that does not ask for it, or a directory that cannot be written, is left alone.</param>
    public static void Place(string file)
    {
        try
        {
            if (File.ReadLines(file).FirstOrDefault() != DeliveryFileWriter.SchemaLine) return;
            var directory = Directory.CreateDirectory(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(file))!, Folder)).FullName;
            var (ignore, place) = (Path.Combine(directory, ".gitignore"), Path.Combine(directory, Name));
            if (!File.Exists(ignore)) File.WriteAllText(ignore, "*\n");
            using var schema = new StreamReader(DeliverySchema.Open());
            var text = schema.ReadToEnd();
            if (!File.Exists(place) || File.ReadAllText(place) != text) File.WriteAllText(place, text);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // an editor that completes nothing stops no release
        }
    }
}
