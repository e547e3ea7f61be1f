using System.Globalization;
using System.Text;
using System.Xml;

namespace Signalbox.Audit.Output;

/// <summary>JUnit's XML as build servers read it: a suite for each file, a failed case for each finding; one case that passes where nothing was found.</summary>
internal static class AuditJunit
{
    private static readonly XmlWriterSettings s_settings = new() { Indent = true, NewLineChars = "\n", OmitXmlDeclaration = false, Encoding = new UTF8Encoding(false) };

    public static string Render(AuditReport report)
    {
        using var bytes = new MemoryStream();
        using (var xml = XmlWriter.Create(bytes, s_settings)) Write(xml, report);
        return Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
    }

    private static void Write(XmlWriter xml, AuditReport report)
    {
        xml.WriteStartElement("testsuites");
        Attribute(xml, "name", "signalbox audit");
        Attribute(xml, "tests", Number(Math.Max(1, report.Findings.Count)));
        Attribute(xml, "failures", Number(report.Findings.Count));
        foreach (var file in report.Findings.GroupBy(f => f.Locations[0].Path)) Suite(xml, file.Key, [.. file]);
        if (report.Findings.Count == 0) Clean(xml, report.FilesRead);
        xml.WriteEndElement();
    }

    private static void Suite(XmlWriter xml, string path, IReadOnlyList<AuditFinding> findings)
    {
        xml.WriteStartElement("testsuite");
        Attribute(xml, "name", path);
        Attribute(xml, "tests", Number(findings.Count));
        Attribute(xml, "failures", Number(findings.Count));
        foreach (var finding in findings) Case(xml, finding);
        xml.WriteEndElement();
    }

    private static void Case(XmlWriter xml, AuditFinding finding)
    {
        var at = finding.Locations[0];
        xml.WriteStartElement("testcase");
        Attribute(xml, "classname", at.Path);
        Attribute(xml, "name", at.Line > 0 ? $"{finding.Rule.Id} at line {Number(at.Line)}" : finding.Rule.Id);
        Attribute(xml, "file", at.Path);
        if (at.Line > 0) Attribute(xml, "line", Number(at.Line));
        xml.WriteStartElement("failure");
        Attribute(xml, "type", finding.Severity.ToString().ToLowerInvariant());
        Attribute(xml, "message", finding.Message);
        xml.WriteString(Printable($"{at.Path}:{Number(at.Line)}:{Number(at.Column)}\n{at.SourceLine}\n{finding.Rule.Rationale}\n{finding.Help ?? finding.Rule.Remedy}"));
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void Clean(XmlWriter xml, int files)
    {
        xml.WriteStartElement("testsuite");
        Attribute(xml, "name", "signalbox audit");
        Attribute(xml, "tests", "1");
        Attribute(xml, "failures", "0");
        xml.WriteStartElement("testcase");
        Attribute(xml, "classname", "signalbox audit");
        Attribute(xml, "name", $"nothing found in {AuditReport.Count(files, "file")}");
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void Attribute(XmlWriter xml, string name, string value) => xml.WriteAttributeString(name, Printable(value));

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>What XML 1.0 cannot hold at all, not even escaped, becomes U+FFFD.</summary>
    private static string Printable(string text)
    {
        if (text.All(XmlConvert.IsXmlChar)) return text;
        var clean = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (XmlConvert.IsXmlChar(text[i])) clean.Append(text[i]);
            else if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1])) clean.Append(text, i++, 2);
            else clean.Append('\uFFFD');
        }
        return clean.ToString();
    }
}
