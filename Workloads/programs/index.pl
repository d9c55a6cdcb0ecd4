# Builds an inverted index of synthetic documents, deletes the common words, and sorts what is left; sums the
# texts on the way, for programs also work between two allocations.
use strict;
use warnings;

srand(1);
my (%index, %documents, $sum);
for my $document (1 .. 6000) {
    my $text = join ' ', map { 'w' . int(rand(1000) ** 1.4) } 1 .. 20;
    $documents{$document} = $text x 80;
    $sum += unpack '%32C*', $documents{$document} for 1 .. 12;
    push @{$index{$_}}, $document for split / /, $text;
    delete $documents{$document - 2000} if $document > 2000 && $document % 2;
}
for my $word (keys %index) { delete $index{$word} if @{$index{$word}} > 40; }
my @order = sort { @{$index{$b}} <=> @{$index{$a}} || $a cmp $b } keys %index;
print scalar(@order), " ", scalar(keys %documents), " $sum\n";
