using System.CommandLine;
using System.Globalization;

namespace Signalbox.Cli;

internal static class InRange
{
    /// <summary>Refuses a number outside of what the option takes, before the verb runs.</summary>
    public static Option<int> Within(this Option<int> option, int least, int most)
    {
        option.Validators.Add(result =>
        {
            // what is no number at all is the parser's to refuse
            if (result.Tokens is not [var token] || !int.TryParse(token.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return;
            if (number < least || number > most) result.AddError($"{option.Name} is {number}; expected {least} to {most}");
        });
        return option;
    }
}
