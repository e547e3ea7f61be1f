using System.Text.Json;
using Signalbox.Evidence.Reports.Json;

namespace Signalbox.Evidence.Reports.Vex;

/// <summary>OpenVEX 0.0.1 and 0.2.0 (https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md). A statement without a time of its own has the document's.</summary>
internal sealed class OpenVexReader(ReportLimits limits) : JsonReportReader
{
    private readonly List<VexStatement> _statements = [];
    private DateTimeOffset? _time;
    private string? _author;

    /// <summary>The document's time may stand behind its statements.</summary>
    public override int Passes => 2;

    public override bool Read(JsonCursor json, int pass)
    {
        var known = false;
        DateTimeOffset? updated = null;
        foreach (var name in json.Properties())
        {
            known |= name == "statements";
            if (pass == 2 && name == "statements") ReadStatements(json);
            else if (pass == 1 && name == "timestamp") _time ??= Values.Time(json.Text());
            else if (pass == 1 && name == "last_updated") updated = Values.Time(json.Text());
            else if (pass == 1 && name == "author") _author ??= json.Text();
        }
        if (updated > _time) _time = updated;
        return known;
    }

    public override Report Done() => new VexReport("openvex", _author, _statements) { GeneratedAt = _time };

    private void ReadStatements(JsonCursor json)
    {
        foreach (var i in json.Elements())
        {
            if (_statements.Count == limits.MaxItems) throw new ReportRefusedException($"the document has more than {limits.MaxItems} statements");
            using var statement = json.Entry();
            _statements.Add(Statement(statement.RootElement, i));
        }
    }

    private VexStatement Statement(JsonElement entry, int index)
    {
        var vulnerability = entry.At("vulnerability"u8);
        string?[] names = [vulnerability.Text() ?? vulnerability.Text("name"u8), vulnerability.Text("@id"u8), .. vulnerability.Texts("aliases"u8)];
        if (names.All(name => name is null)) throw new ReportRefusedException($"statement {index} names no vulnerability");
        var status = Status(entry.Text("status"u8)) ?? throw new ReportRefusedException($"statement {index} has the status '{JsonCursor.Shown(entry.Text("status"u8) ?? "")}', expected not_affected, affected, fixed or under_investigation");
        return new([.. names.OfType<string>()], [.. entry.Items("products"u8).Select(Product).OfType<VexProduct>()], status, Reason(entry), entry.Time("last_updated"u8) ?? entry.Time("timestamp"u8) ?? _time);
    }

    private static VexStatus? Status(string? status) => status switch
    {
        "not_affected" => VexStatus.NotAffected,
        "affected" => VexStatus.Affected,
        "fixed" => VexStatus.Fixed,
        "under_investigation" => VexStatus.UnderInvestigation,
        _ => null,
    };

    private static string? Reason(JsonElement entry)
    {
        var justification = entry.Text("justification"u8);
        var impact = entry.Text("impact_statement"u8);
        return justification is null || impact is null ? justification ?? impact : $"{justification}: {impact}";
    }

    /// <summary>A product is a name, or an object with one, or with identifiers.</summary>
    private static VexProduct? Product(JsonElement product)
    {
        var name = Name(product);
        return name is null ? null : new(name, [.. product.Items("subcomponents"u8).Select(Name).OfType<string>()]);
    }

    private static string? Name(JsonElement thing) =>
        thing.Text() ?? thing.At("identifiers"u8).Text("purl"u8) ?? thing.Text("@id"u8) ?? thing.At("identifiers"u8).Text("cpe23"u8) ?? thing.At("hashes"u8).Text("sha-256"u8);
}
