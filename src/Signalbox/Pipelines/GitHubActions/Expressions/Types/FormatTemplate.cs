namespace Signalbox.Pipelines.GitHubActions.Expressions.Types;

/// <summary>The template of <c>format()</c>: <c>{0}</c> stands for an argument, <c>{{</c> and <c>}}</c> for braces.</summary>
internal static class FormatTemplate
{
    public static IEnumerable<string> Problems(string template, int arguments)
    {
        var used = Holders(template).ToHashSet();
        for (var i = 0; i < arguments; i++)
            if (!used.Contains(i)) yield return $"format is given argument {{{i}}}, which its text does not use";
        foreach (var holder in used.Where(h => h >= arguments).Order())
            yield return $"format's text asks for {{{holder}}}, but {arguments} argument(s) are given";
    }

    /// <summary>The numbers of the arguments that the template uses.</summary>
    public static IEnumerable<int> Holders(string template)
    {
        for (var i = 0; i < template.Length; i++)
        {
            if (template[i] is '{' or '}' && i + 1 < template.Length && template[i + 1] == template[i]) { i++; continue; }
            if (template[i] != '{') continue;
            var end = template.IndexOf('}', i);
            if (end < 0) yield break;
            if (int.TryParse(template.AsSpan(i + 1, end - i - 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var number)) yield return number;
            i = end;
        }
    }
}
