using Signalbox.Evidence.Reports.Coverage;
using Signalbox.Evidence.Reports.Sbom;
using Signalbox.Evidence.Reports.Scans;
using Signalbox.Evidence.Reports.TestRuns;
using Signalbox.Evidence.Reports.Xml;

namespace Signalbox.Evidence.Reports;

/// <summary>Every XML format with its root element.</summary>
internal static class XmlFormats
{
    /// <exception cref="ReportRefusedException">No format has this root element.</exception>
    public static Report Read(XmlCursor xml, ReportLimits limits) => xml.Name switch
    {
        "testsuites" or "testsuite" => new JUnitReader(limits).Read(xml),
        "TestRun" => new TrxReader(limits).Read(xml),
        "CoverageSession" => new OpenCoverReader().Read(xml),
        "root" => new OpenCoverReader().ReadSeveral(xml),
        "coverage" when xml.Has("clover") || (xml.Has("generated") && !xml.Has("line-rate")) => new CloverReader().Read(xml),
        "coverage" when xml.Has("line-rate") || xml.Has("lines-valid") => new CoberturaReader().Read(xml),
        "report" when xml.Namespace.Length == 0 && xml.Has("name") => new JaCoCoReader().Read(xml),
        "analysis" when xml.Namespace.Contains("dependency-check", StringComparison.OrdinalIgnoreCase) => new DependencyCheckXmlReader(limits).Read(xml),
        "OWASPZAPReport" => new ZapXmlReader(limits).Read(xml),
        "bom" when xml.Namespace.StartsWith("http://cyclonedx.org/schema/bom/", StringComparison.Ordinal) => new CycloneDxXmlReader(limits).Read(xml),
        _ => throw new ReportRefusedException($"no known report begins with <{xml.Name}>"),
    };
}
