"""What holds of a catalog in files holds of one on a PostgreSQL server: the same tests, at another place."""
# ruff: noqa: F401, F811 - tests and fixtures are found by their names here

import pytest
from index_samples import open_store
from test_index_building import (
    filled,
    test_a_build_that_was_stopped_is_gone_on_with,
    test_a_collection_that_never_rests_is_left_as_it_is,
    test_a_copy_answers_alike_and_lives_on_its_own,
    test_a_copy_to_a_name_that_is_taken_leaves_nothing,
    test_a_deleted_document_is_gone_from_the_former_version_at_once,
    test_a_renamed_collection_keeps_what_it_has,
    test_a_rollback_is_refused_after_a_write_and_the_former_version_goes,
    test_an_encoder_is_changed_and_changed_back,
    test_nobody_can_ask_for_a_hidden_collection,
    test_own_sizes_outlive_a_change_of_the_settings,
    test_the_old_passages_answer_by_their_own_encoder_until_the_swap,
    test_two_builds_at_once_are_refused,
    test_what_is_written_and_deleted_during_a_build_is_as_written_after_it,
)
from test_index_catalog import (
    test_a_document_comes_back_as_it_was_put,
    test_a_replaced_document_leads_to_the_present_one_until_that_is_removed,
    test_another_encoder_stops_both_and_names_what_differs,
    test_collections_are_listed_with_what_they_hold,
    test_collections_know_nothing_of_each_other,
    test_documents_are_listed_by_title_in_pages,
    test_known_digests_tell_what_need_not_be_read_again,
    test_other_split_sizes_stop_the_ingest_but_not_the_search,
    test_replaced_documents_belong_to_their_collection,
    test_the_generation_grows_with_every_change_and_only_then,
    test_the_spec_of_a_collection_says_what_it_was_built_with,
    test_what_is_not_there_is_not_found,
)
from test_index_filters import (
    test_a_filter_allows_what_it_says_and_nothing_else,
    test_allowed_keys_are_sorted_and_of_the_collection_only,
    test_the_best_of_what_is_left_are_found_however_bad_they_are,
)
from test_index_marks import (
    test_a_change_leaves_alone_what_it_does_not_name,
    test_a_collection_that_is_built_anew_keeps_the_marks_that_documents_have_at_the_swap,
    test_a_document_that_moved_keeps_its_marks,
    test_a_document_that_was_deleted_leaves_nothing_to_a_later_one,
    test_a_new_version_keeps_the_marks_of_the_former,
    test_a_second_process_goes_by_the_labels_at_once,
    test_an_attribute_is_looked_for_by_its_name_and_as_what_it_is,
    test_labels_hide_a_document_from_the_very_next_search,
    test_labels_of_one_collection_are_nothing_to_another,
    test_no_filter_leads_around_the_labels,
    test_what_is_given_with_a_new_version_is_added_but_labels_take_the_place_of_the_former,
)
from test_index_store import (
    test_a_hit_is_an_exact_stretch_of_its_document,
    test_a_new_version_takes_the_place_of_the_one_at_its_uri,
    test_a_rebuild_makes_everything_anew_with_the_present_encoder_and_sizes,
    test_a_removed_document_is_not_found_again,
    test_a_store_outlives_a_rebuild_with_another_encoder_by_another_one,
    test_a_write_that_fails_midway_leaves_the_old_document,
    test_an_original_shared_by_two_collections_stays_until_the_last_is_gone,
    test_an_original_that_goes_while_its_next_document_comes_is_kept_again,
    test_another_store_on_the_folder_sees_what_was_added_and_removed,
    test_passages_that_did_not_change_are_not_embedded_again,
    test_searches_go_on_while_another_store_writes_and_removes,
    test_the_old_version_answers_until_the_new_one_is_in,
    test_the_passages_around_a_place_are_its_own_and_one_on_each_side,
    test_the_same_bytes_again_keep_their_original,
    test_two_stores_that_write_at_once_lose_nothing,
)
from test_index_transfer import (
    file,
    test_a_file_of_another_encoder_is_embedded_anew_or_refused,
    test_nothing_is_embedded_unless_it_is_asked_for,
    test_the_languages_of_passages_are_imported_and_a_file_without_them_too,
    test_vectors_of_a_file_serve_its_collection_only,
    test_what_is_imported_is_what_was_exported,
)

from index.place import Place
from tests.engines.postgres_server import postgres_server, postgres_url


@pytest.fixture
def folder(postgres_url, tmp_path):
    """The place of a catalog that does not exist yet."""
    return Place(tmp_path / "data", postgres_url)


@pytest.fixture
def store(folder, words):
    with open_store(folder, words) as opened:
        yield opened


@pytest.fixture(scope="module")
def shelf(postgres_server, tmp_path_factory):
    with (
        postgres_server.database() as url,
        open_store(Place(tmp_path_factory.mktemp("filters") / "data", url)) as opened,
    ):
        yield opened
