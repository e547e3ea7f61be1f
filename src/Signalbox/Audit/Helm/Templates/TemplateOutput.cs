using System.Text;
using Signalbox.Yaml;

namespace Signalbox.Audit.Helm.Templates;

/// <summary>What a template writes, and for each piece where in the template it comes from.</summary>
/// <param name="limit">How many characters may be written.</param>
internal sealed class TemplateOutput(int limit)
{
    private readonly StringBuilder _text = new();
    private readonly List<(int Start, TextRange Source, bool IsText)> _pieces = [];

    /// <summary>The action that stands for everything written until it is taken back: another template is running.</summary>
    public TextRange? Stand { get; set; }

    public string Text => _text.ToString();

    public void Write(TextRange source, string text, bool isText = false)
    {
        if (text.Length == 0) return;
        if (_text.Length + text.Length > limit) throw new TemplateException($"it writes more than {limit:N0} characters", source.Start);
        _pieces.Add((_text.Length, Stand ?? source, isText && Stand is null));
        _text.Append(text);
    }

    /// <summary>The place in the template of a piece of what was written; what an action wrote stands where the action does.</summary>
    public TextRange Source(TextRange written)
    {
        var start = At(written.Start, out _);
        At(written.Length > 0 ? written.End - 1 : written.Start, out var end);
        return new(start, Math.Max(start, written.Length > 0 ? end : start));
    }

    private int At(int index, out int after)
    {
        var (low, high) = (0, _pieces.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_pieces[middle].Start <= index) low = middle;
            else high = middle - 1;
        }
        after = 0;
        if (_pieces.Count == 0) return 0;
        var (start, source, isText) = _pieces[low];
        var at = isText ? Math.Min(source.Start + index - start, source.End) : source.Start;
        after = isText ? Math.Min(at + 1, source.End) : source.End;
        return at;
    }
}
