using Signalbox.Evidence.Reports.Xml;

namespace Signalbox.Evidence.Reports.Coverage;

/// <summary>Clover's XML (https://openclover.org): statements and conditionals of the project; its test code is no part of them.</summary>
internal sealed class CloverReader
{
    public Report Read(XmlCursor xml)
    {
        var generated = Values.UnixTime(xml["generated"]);
        Covered? statements = null;
        Covered? conditionals = null;
        foreach (var name in xml.Children())
            if (name == "project")
                foreach (var part in xml.Children())
                    if (part == "metrics" && statements is null)
                    {
                        statements = Totals.Of(xml["coveredstatements"], xml["statements"]);
                        conditionals = Totals.Of(xml["coveredconditionals"], xml["conditionals"]);
                    }
        return statements is null
            ? throw new ReportRefusedException("the project has no metrics with statements and coveredstatements")
            : new CoverageReport("clover", statements.Value, conditionals ?? default) { GeneratedAt = generated };
    }
}
