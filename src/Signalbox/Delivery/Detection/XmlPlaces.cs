using System.Xml;
using System.Xml.Linq;

namespace Signalbox.Delivery.Detection;

/// <summary>Reads XML (project files, pom.xml) without DTDs, entities and anything outside.</summary>
internal static class XmlPlaces
{
    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        MaxCharactersInDocument = 1 << 20,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    // the object model's own walks are recursive
    private const int Deepest = 64;

    /// <returns>Null with a finding where the file is no XML that is read.</returns>
    public static XElement? Read(SourceFile file, Notes notes)
    {
        try
        {
            if (IsTooDeep(file)) return Refuse(file, notes, $"is nested deeper than {Deepest}", 0);
            using var reader = XmlReader.Create(new StringReader(file.Text), Settings);
            return XDocument.Load(reader, LoadOptions.SetLineInfo).Root;
        }
        catch (XmlException e)
        {
            return Refuse(file, notes, "is not XML", e.LineNumber);
        }
    }

    public static Place At(SourceFile file, XObject node) => file.Line(node is IXmlLineInfo info && info.HasLineInfo() ? info.LineNumber : 0);

    private static bool IsTooDeep(SourceFile file)
    {
        using var reader = XmlReader.Create(new StringReader(file.Text), Settings);
        while (reader.Read())
            if (reader.Depth > Deepest) return true;
        return false;
    }

    private static XElement? Refuse(SourceFile file, Notes notes, string why, int line)
    {
        notes.Warn(InitIds.NotReadable, $"'{file.Path}' {why}, so it says nothing", file.Line(line), $"less {file.Path}", file.LineText(line));
        return null;
    }
}
