using System.Xml;
using System.Xml.Linq;

namespace Signalbox.Evidence.Reports.Xml;

/// <summary>
/// Walks an XML file from front to back, holding no more than one entry. A document type is read over: nothing is loaded
/// for it, no entity of it exists, and a reference to one refuses the file.
/// </summary>
internal sealed class XmlCursor : IDisposable
{
    private readonly XmlReader _reader;
    private readonly GuardedStream _stream;
    private readonly ReportLimits _limits;
    private bool _beyond;

    /// <summary>Stands on the root element.</summary>
    public XmlCursor(GuardedStream stream, ReportLimits limits)
    {
        _stream = stream;
        _limits = limits;
        _reader = XmlReader.Create(stream, new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Ignore,
            XmlResolver = null,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            IgnoreWhitespace = true,
            MaxCharactersInDocument = limits.MaxBytes,
            MaxCharactersFromEntities = 1024,
        });
        _reader.MoveToContent();
    }

    public string Name => _reader.LocalName;

    public string Namespace => _reader.NamespaceURI;

    public string? this[string attribute] => _reader.GetAttribute(attribute) is { Length: > 0 } text ? text : null;

    public bool Has(string attribute) => _reader.GetAttribute(attribute) is not null;

    /// <summary>Goes through the elements in the one here; each need not be read.</summary>
    public IEnumerable<string> Children()
    {
        if (_reader.IsEmptyElement) yield break;
        var depth = _reader.Depth;
        if (depth >= _limits.MaxDepth) throw new ReportRefusedException($"elements lie more than {_limits.MaxDepth} deep in each other");
        Step();
        while (_reader.NodeType != XmlNodeType.EndElement || _reader.Depth != depth)
        {
            if (_reader.NodeType == XmlNodeType.Element)
            {
                yield return _reader.LocalName;
                PassOver();
            }
            else Step();
        }
    }

    /// <summary>The whole element here.</summary>
    /// <exception cref="ReportRefusedException">It is larger than one entry may be.</exception>
    public XElement Entry()
    {
        _stream.AllowOnly(_limits.MaxEntryBytes / 2); // an element costs more memory than its text
        var entry = (XElement)XNode.ReadFrom(_reader);
        _stream.AllowAll();
        _beyond = true;
        return entry;
    }

    /// <summary>The text of the element here.</summary>
    public string? Text() => Entry().Words();

    /// <summary>Reads the rest, so that a file which is cut off or followed by rubbish is refused.</summary>
    public void Finish()
    {
        while (_reader.Read())
        {
        }
    }

    public void Dispose() => _reader.Dispose();

    private void PassOver()
    {
        if (_beyond) _beyond = false;
        else if (_reader.NodeType == XmlNodeType.Element) _reader.Skip();
        else Step();
    }

    private void Step()
    {
        if (!_reader.Read()) throw new ReportRefusedException("the file ends within an element");
    }
}
