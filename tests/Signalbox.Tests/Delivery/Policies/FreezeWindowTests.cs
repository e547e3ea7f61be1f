using System.Globalization;
using Signalbox.Delivery.Policies;

namespace Signalbox.Tests.Delivery.Policies;

public sealed class FreezeWindowTests
{
    [Theory]
    [InlineData("22:00", "06:00", "2026-11-26T21:59:59", false)]
    [InlineData("22:00", "06:00", "2026-11-26T22:00", true)]
    [InlineData("22:00", "06:00", "2026-11-26T05:59", true)]
    [InlineData("22:00", "06:00", "2026-11-26T06:00", false)]
    [InlineData("08:00", "09:00", "2026-11-26T08:30", true)]
    [InlineData("08:00", "09:00", "2026-11-26T09:00", false)]
    // 2026-11-27 is a Friday
    [InlineData("Fri 18:00", "Mon 08:00", "2026-11-27T17:59", false)]
    [InlineData("Fri 18:00", "Mon 08:00", "2026-11-27T18:00", true)]
    [InlineData("Fri 18:00", "Mon 08:00", "2026-11-29T23:59", true)]
    [InlineData("Fri 18:00", "Mon 08:00", "2026-11-30T07:59", true)]
    [InlineData("Fri 18:00", "Mon 08:00", "2026-11-30T08:00", false)]
    [InlineData("Mon 00:00", "Tue 00:00", "2026-11-30T00:00", true)]
    [InlineData("Sun 00:00", "Mon 00:00", "2026-11-29T23:59:59", true)]
    [InlineData("2026-12-20", "2027-01-03T06:00", "2026-12-19T23:59", false)]
    [InlineData("2026-12-20", "2027-01-03T06:00", "2026-12-20T00:00", true)]
    [InlineData("2026-12-20", "2027-01-03T06:00", "2027-01-03T05:59", true)]
    [InlineData("2026-12-20", "2027-01-03T06:00", "2027-01-03T06:00", false)]
    public void Holds_FromItsBeginningToBeforeItsEnd(string from, string to, string wall, bool holds) =>
        Assert.Equal(holds, new FreezeWindow("w", from, to, "UTC").Holds(DateTime.Parse(wall, CultureInfo.InvariantCulture)));

    [Theory]
    [InlineData("24:00")]
    [InlineData("8:00")]
    [InlineData("Fri")]
    [InlineData("Friday 18:00")]
    [InlineData("2026-13-01")]
    [InlineData("2026-12-20 00:00")]
    [InlineData("")]
    public void Moment_OfAnotherForm_IsNone(string text) => Assert.False(FreezeMoment.TryParse(text, out _));

    [Fact]
    public void Holds_WithoutEnds_Throws() => Assert.Throws<FormatException>(() => new FreezeWindow("w", "x", "y", "UTC").Holds(default));
}
